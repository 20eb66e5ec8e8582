//! Properties over random journeys: at most one outcome and one late one, nothing forged accepted, nothing right lost, no secret
//! in a log, always an end.
//!
//! The first test is for volume: a fixed seed makes a run repeatable, `CONNECT_WIDGET_SEED=<number>` tries others and
//! `CONNECT_WIDGET_JOURNEYS=<number>` more of them. The others find fewer but shrink what they find.

use crate::journey::{Random, number, run, run_wild};
use proptest::prelude::*;

/// How many journeys a run makes at least.
const JOURNEYS: u64 = 100_000;

/// Runs the journeys `from`, `from + step`, … of a seed; answers how many flows told an outcome and how many a late one.
fn run_some(seed: u64, from: u64, step: u64, count: u64) -> (u64, u64) {
    let mut sum = (0, 0);
    for journey in (from..count).step_by(step as usize) {
        let seed = seed.wrapping_add(journey.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1;
        let mut random = Random(seed);
        let length = 4 + random.below(24);
        let bytes: Vec<u8> = (0..2 * length).map(|_| random.byte()).collect();
        let ran = std::panic::catch_unwind(|| run(seed, &bytes));
        let Ok((told, late)) = ran else {
            panic!("journey {journey} of seed {seed} broke a promise; its bytes: {bytes:?}");
        };
        sum = (sum.0 + u64::from(told), sum.1 + u64::from(late));
    }
    sum
}

#[test]
fn a_hundred_thousand_random_journeys_keep_every_promise() {
    let seed = number("CONNECT_WIDGET_SEED", 20_261_125);
    let count = number("CONNECT_WIDGET_JOURNEYS", JOURNEYS);
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let sums: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|from| scope.spawn(move || run_some(seed, from, threads, count)))
            .collect();
        let ended = running.into_iter();
        ended
            .map(|thread| thread.join().expect("no promise is broken"))
            .collect()
    });
    let told: u64 = sums.iter().map(|(told, _)| told).sum();
    let late: u64 = sums.iter().map(|(_, late)| late).sum();
    println!("{count} journeys: {told} outcomes, {late} late ones");
    assert!(
        told > count / 2 && late > count / 1000,
        "the journeys go nowhere: {told} outcomes, {late} late ones"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_journey_keeps_every_promise(seed in 1..u64::MAX, bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        run(seed, &bytes);
    }

    /// Events in any phase, whether or not anybody asked for them.
    #[test]
    fn any_events_tell_one_outcome_at_most(seed in 1..u64::MAX, bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        run_wild(seed, &bytes);
    }
}

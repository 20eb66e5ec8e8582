//! Properties over random journeys: at most one outcome, nothing forged accepted, nothing right lost, always an end.
//!
//! The first test is for volume: a fixed seed makes a run repeatable, `CONNECT_WIDGET_SEED=<number>` tries others and
//! `CONNECT_WIDGET_JOURNEYS=<number>` more of them. The second finds fewer but shrinks what it finds.

use crate::model::Journey;
use proptest::prelude::*;

/// How many journeys a run makes at least.
const JOURNEYS: u64 = 100_000;

/// The longest journey, in actions.
const LENGTH: u64 = 24;

/// xorshift64*.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| (self.next() >> 32) as u8).collect()
    }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// Runs the journeys `from`, `from + step`, … of a seed; answers how many flows ended and how many results came late.
fn run_some(seed: u64, from: u64, step: u64, count: u64) -> (usize, usize) {
    let mut sum = (0, 0);
    for journey in (from..count).step_by(step as usize) {
        let seed = seed.wrapping_add(journey.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1;
        let mut random = Random(seed);
        let length = 4 + random.next() % LENGTH;
        // A journey begins with a click: code 0 of `Action::decode`.
        let mut bytes = random.bytes(2 * length as usize);
        bytes[0] = 0;
        let run = std::panic::catch_unwind(|| Journey::run(seed, &bytes).counts());
        let Ok((ended, late)) = run else {
            panic!("journey {journey} of seed {seed} broke a promise; its bytes: {bytes:?}");
        };
        sum = (sum.0 + ended, sum.1 + late);
    }
    sum
}

#[test]
fn a_hundred_thousand_random_journeys_keep_every_promise() {
    let (seed, count) = (
        number("CONNECT_WIDGET_SEED", 20_261_121),
        number("CONNECT_WIDGET_JOURNEYS", JOURNEYS),
    );
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let sums: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|from| scope.spawn(move || run_some(seed, from, threads, count)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("no promise is broken"))
            .collect()
    });
    let (ended, late) = sums
        .iter()
        .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("{count} journeys: {ended} outcomes, {late} late results");
    assert!(
        ended as u64 > count / 2 && late as u64 > count / 1000,
        "the journeys go nowhere: {ended} outcomes, {late} late results"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_journey_keeps_every_promise(seed in 1..u64::MAX, actions in prop::collection::vec((0..40u8, any::<u8>()), 0..40)) {
        let bytes: Vec<u8> = actions.iter().flat_map(|(code, detail)| [*code, *detail]).collect();
        Journey::run(seed, &bytes);
    }
}

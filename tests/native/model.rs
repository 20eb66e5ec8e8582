//! Random journeys, and a small reference model that says what each step of one may and must do.
//!
//! The model knows nothing of how the core works: it knows who asked for what, which answers are right, and the promises:
//! at most one outcome, nothing forged accepted, nothing right lost, and an end for whoever closes the window.

use crate::samples;
use crate::tab::{CALLBACK, LOOK, NOON, Outcome, PHONE, Tab};
use connect_widget::flow::machine::Event;
use connect_widget::flow::transaction;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// A click with one of the options, on a desktop or a phone, where windows or storage may be refused.
    Click(u8),
    /// The promised token or link comes, in the right shape or a wrong one, or fails.
    Resolve(u8),
    /// A look at the window after some time.
    Look(Event, u8),
    /// Time passes without a look.
    Wait(u8),
    /// The provider posts the right message, or somebody something else.
    Message(u8),
    /// The flow's own window comes back with the right answer.
    Return,
    /// The flow's own window comes back with an answer that is not this attempt's.
    ReturnForged(u8),
    /// The right answer is broadcast.
    Relay,
    /// Somebody else's answer is broadcast.
    RelayForged(u8),
    /// The app's `verify` answers: 0 an account, 1 none yet, 2 it rejects.
    Verify(u8),
    /// The token endpoint or `exchange` answers: 0 rightly, 1 an error, 2 not at all.
    Exchange(u8),
    /// The app's window gets or loses the focus.
    Focus(bool),
    /// The page comes back from the back/forward cache.
    Restored,
    /// The app aborts.
    Abort,
    /// The page is loaded anew.
    Reload,
    /// The page is loaded anew, at the URL that the redirect came back to: the right one, or another.
    ComeBack(u8),
    /// A window whose flow is over answers after all: the newest attempt, rightly.
    Late,
}

impl Action {
    /// Two bytes are an action; every pair of bytes is one.
    pub fn decode(code: u8, detail: u8) -> Action {
        match code % 40 {
            0..=4 => Action::Click(detail),
            5..=7 => Action::Resolve(detail),
            8..=10 => Action::Look(Event::Away, detail),
            11..=14 => Action::Look(Event::Closed, detail),
            15 => Action::Look(Event::Blank, detail),
            16 => Action::Wait(detail),
            17 | 18 => Action::Message(detail),
            19 => Action::Return,
            20 => Action::ReturnForged(detail),
            21 | 22 => Action::Relay,
            23 | 24 => Action::RelayForged(detail),
            25..=27 => Action::Verify(detail),
            28 | 29 => Action::Exchange(detail),
            30 | 31 => Action::Focus(true),
            32 => Action::Focus(false),
            33 => Action::Restored,
            34 => Action::Abort,
            35 => Action::Reload,
            36 | 37 => Action::ComeBack(detail),
            _ => Action::Late,
        }
    }
}

/// A remembered attempt, as whoever made it knows it.
#[derive(Clone)]
struct Attempt {
    /// The URL that answers it rightly; empty where none can.
    url: String,
    by_message: bool,
    exchanges: bool,
    /// Whether the answer proves itself: it carries a state that only this attempt's app knows.
    proves: bool,
    /// Whether that state is no other attempt's.
    unique: bool,
    expires: f64,
    redirected: bool,
}

/// What the live flow is at.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Stage {
    Resolving,
    Waiting,
    Exchanging,
}

struct Live {
    stage: Stage,
    attempt: Attempt,
    key: String,
    by_app: bool,
    deadline: f64,
    window: bool,
    verifies: bool,
    taken_up: bool,
    /// When a look first saw it on another origin, and when one first read `closed`.
    away_at: Option<f64>,
    closed_at: Option<f64>,
    /// When the app last had the focus given to it.
    focused_at: Option<f64>,
    /// Whether a look has found that it may be taken for closed.
    gone: bool,
}

impl Live {
    /// Whether an exit may be told now: the promises about closed and severed windows.
    fn may_exit(&self, now: f64) -> bool {
        let Some(closed_at) = self.closed_at else {
            return self.taken_up && self.verifies;
        };
        let was_at_the_providers = self.away_at.is_some_and(|at| closed_at - at >= 150.0);
        let given_up = self
            .focused_at
            .is_some_and(|at| at >= closed_at - 400.0 && now >= at + 2000.0);
        now >= closed_at + 50.0
            && (self.stage == Stage::Resolving || was_at_the_providers || given_up)
    }
}

/// A journey: the tab, and what the model knows of it.
pub struct Journey {
    tab: Tab,
    live: Option<Live>,
    /// Attempts that an answer can still come to, by their keys.
    pending: BTreeMap<String, Attempt>,
    /// Outcomes that the flows begun here, and the late results, have had to come to.
    ended: usize,
    delivered: usize,
    log: Vec<Action>,
}

fn options() -> &'static [Value] {
    static OPTIONS: OnceLock<Vec<Value>> = OnceLock::new();
    OPTIONS.get_or_init(|| {
        let function = || json!({"$": "function"});
        let mut all = vec![
            samples::alter(),
            samples::alter_promised(),
            samples::anon(),
            samples::anon_bound(),
            samples::with(samples::anon(), "link", json!({"$": "promise"})),
            samples::stackone(),
            samples::with(samples::stackone(), "link", function()),
            samples::implicit(),
            samples::code(),
            samples::with(samples::code(), "exchange", function()),
        ];
        for i in 0..all.len() {
            all.push(samples::with(all[i].clone(), "verify", function()));
            all.push(samples::with(all[i].clone(), "timeout", json!(20_000)));
            all.push(samples::with(
                all[i].clone(),
                "whenBlocked",
                json!("redirect"),
            ));
        }
        all
    })
}

/// Answers to attempts of other tabs and other times.
fn forged(detail: u8) -> String {
    const STATE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    match detail % 8 {
        0 => samples::implicit_return(STATE),
        1 => samples::code_return(STATE),
        2 => format!("{CALLBACK}?error=access_denied&state={STATE}"),
        3 => format!("{CALLBACK}#error=access_denied"),
        4 => format!("{CALLBACK}?code=c"),
        5 => format!("{CALLBACK}?type=folder&state={STATE}"),
        6 => "https://app.example/?tab=2#/route".into(),
        _ => format!("{CALLBACK}?alter_connect_success=1&grant_id=g&provider=p"),
    }
}

impl Journey {
    pub fn new(seed: u64) -> Journey {
        Journey {
            tab: Tab::new(seed),
            live: None,
            pending: BTreeMap::new(),
            ended: 0,
            delivered: 0,
            log: Vec::new(),
        }
    }

    /// Runs a journey and then closes whatever is still open.
    ///
    /// # Panics
    /// Where a promise is broken; the message holds the journey.
    pub fn run(seed: u64, bytes: &[u8]) -> Journey {
        let mut journey = Journey::new(seed);
        for pair in bytes.chunks_exact(2) {
            journey.apply(Action::decode(pair[0], pair[1]));
        }
        journey.close();
        journey
    }

    /// How many flows ended and how many results were delivered late.
    pub fn counts(&self) -> (usize, usize) {
        (self.ended, self.delivered)
    }

    fn require(&self, holds: bool, promise: &str) {
        assert!(
            holds,
            "{promise}\noutcomes {:?}\nmail {:?}\neffects {:?}\njourney {:?}",
            self.tab.outcomes, self.tab.mail, self.tab.effects, self.log
        );
    }

    /// Applies an action and holds what came of it against the model.
    pub fn apply(&mut self, action: Action) {
        self.log.push(action);
        match action {
            Action::Click(detail) => self.click(detail),
            Action::Resolve(detail) => self.resolve(detail),
            Action::Look(sight, detail) => self.look(sight, f64::from(detail) * 10.0),
            Action::Wait(detail) => self.tab.now += f64::from(detail) * 10_000.0,
            Action::Message(detail) => self.message(detail),
            Action::Return => self.return_rightly(),
            Action::ReturnForged(detail) => self.return_forged(detail),
            Action::Relay => self.relay(),
            Action::RelayForged(detail) => {
                self.tab.relayed(&forged(detail));
            }
            Action::Verify(detail) => self.verify(detail),
            Action::Exchange(detail) => self.exchange(detail),
            Action::Focus(true) => {
                if let Some(live) = &mut self.live {
                    live.focused_at = Some(self.tab.now);
                }
                self.tab.happen(Event::Focus);
            }
            Action::Focus(false) => drop(self.tab.happen(Event::Blur)),
            Action::Restored => self.restored(),
            Action::Abort => {
                self.tab.happen(Event::Abort);
                self.end_if_live("aborted");
            }
            Action::Reload => {
                self.tab.reload();
                self.live = None;
            }
            Action::ComeBack(detail) => self.come_back(detail),
            Action::Late => self.late(),
        }
        self.check();
    }

    /// The promises that hold after every step.
    fn check(&self) {
        self.require(
            self.tab.outcomes.len() == self.ended,
            "every end is told once, and nothing else is",
        );
        self.require(
            self.tab.mail.len() == self.delivered,
            "every late result is delivered once, and nothing else is",
        );
        self.require(
            self.tab.is_open() == self.live.is_some(),
            "a flow is live until its end",
        );
        for key in self.tab.session.keys() {
            self.require(
                self.pending.contains_key(key),
                "what was answered is forgotten",
            );
        }
    }

    /// The live flow must have come to this end.
    fn end(&mut self, code: &str) -> Option<Live> {
        let live = self.live.take();
        self.ended += 1;
        self.require(
            self.tab.outcomes.last().map(Outcome::code) == Some(code),
            code,
        );
        live
    }

    fn end_if_live(&mut self, code: &str) {
        if self.live.is_some() {
            let live = self.end(code);
            self.forget(live);
        }
    }

    fn forget(&mut self, live: Option<Live>) {
        if let Some(live) = live {
            self.pending.remove(&live.key);
        }
    }

    fn click(&mut self, detail: u8) {
        if self.live.is_some() {
            self.tab.click(&options()[0]);
            return;
        }
        let options = &options()[usize::from(detail) % options().len()];
        self.tab.opens = detail % 7 != 0;
        self.tab.device = if detail % 5 == 0 {
            PHONE
        } else {
            crate::tab::DESKTOP
        };
        self.tab.click(options);
        let redirects =
            detail % 5 == 0 || (!self.tab.opens && options["whenBlocked"] == "redirect");
        if !redirects && !self.tab.opens {
            self.ended += 1;
            self.require(
                self.tab.outcomes.last().map(Outcome::code) == Some("popup_blocked"),
                "a refused window is popup_blocked",
            );
            return;
        }
        let promised = options["token"].is_object() || options["link"].get("$").is_some();
        let minutes = if options["token"].is_null() {
            60.0
        } else {
            15.0
        };
        let expires = self.tab.now + minutes * 60_000.0;
        self.live = Some(Live {
            stage: if promised {
                Stage::Resolving
            } else {
                Stage::Waiting
            },
            attempt: Attempt {
                url: String::new(),
                by_message: false,
                exchanges: false,
                proves: false,
                unique: false,
                expires,
                redirected: redirects,
            },
            key: String::new(),
            by_app: options["exchange"].is_object(),
            deadline: options["timeout"]
                .as_f64()
                .map_or(f64::INFINITY, |timeout| self.tab.now + timeout),
            window: !redirects,
            verifies: options["verify"].is_object(),
            taken_up: false,
            away_at: None,
            closed_at: None,
            focused_at: None,
            gone: false,
        });
        if !promised {
            self.depart();
        }
    }

    /// The user is on the way: now there is something to answer.
    fn depart(&mut self) {
        let protocol = self
            .tab
            .record(transaction::PROTOCOL.as_str())
            .expect("every flow has a protocol");
        let (url, state) = (
            samples::right_return(&self.tab).unwrap_or_default(),
            self.tab.state(),
        );
        let unique = matches!(protocol.as_str(), "implicit" | "code");
        let proves = unique || self.tab.record(transaction::BOUND.as_str()).is_some();
        let Some(live) = &mut self.live else { return };
        live.stage = Stage::Waiting;
        live.key = format!("{}{state}", crate::tab::KEY);
        live.attempt = Attempt {
            url,
            by_message: protocol == "alter-connect",
            exchanges: protocol == "code",
            proves,
            unique,
            ..live.attempt
        };
        self.pending.insert(live.key.clone(), live.attempt.clone());
    }

    fn resolve(&mut self, detail: u8) {
        let resolving = self
            .live
            .as_ref()
            .is_some_and(|live| live.stage == Stage::Resolving);
        if !resolving {
            return;
        }
        let alter =
            self.tab.record(transaction::PROTOCOL.as_str()).as_deref() == Some("alter-connect");
        match detail % 8 {
            0 => {
                self.tab.step(Event::Resolved, &json!(["no", "link"]), "");
                self.end("invalid_options");
            }
            1 => {
                self.tab.happen(Event::Unresolved);
                self.end("source_failed");
            }
            _ => {
                self.tab.step(
                    Event::Resolved,
                    &if alter {
                        json!("tok")
                    } else {
                        json!("https://hub.example/embed/t")
                    },
                    "",
                );
                self.depart();
            }
        }
    }

    fn look(&mut self, sight: Event, milliseconds: f64) {
        self.tab.now += milliseconds;
        let now = self.tab.now;
        let Some(live) = &mut self.live else { return };
        let sight = if live.window { sight } else { Event::Blank };
        match sight {
            Event::Away => drop(live.away_at.get_or_insert(now)),
            Event::Closed => drop(live.closed_at.get_or_insert(now)),
            _ => {}
        }
        live.gone |= live.may_exit(now);
        let (deadline, may_exit) = (live.deadline, live.stage != Stage::Exchanging && live.gone);
        self.tab.happen(sight);
        if self.tab.is_open() {
            return self.require(now < deadline, "the timeout ends a flow at the next look");
        }
        if now >= deadline {
            return self.end_in_doubt("timeout");
        }
        self.require(may_exit, "a window that may be there is no exit");
        self.end_in_doubt("exit");
    }

    /// An end after which a result may still come, if the core says so.
    fn end_in_doubt(&mut self, code: &str) {
        if let Some(live) = self.end(code) {
            if !self.tab.session.contains_key(&live.key) {
                self.pending.remove(&live.key);
            }
        }
    }

    /// The right answer has reached the live flow.
    fn answered(&mut self) {
        let Some(live) = &mut self.live else { return };
        self.pending.remove(&live.key);
        if live.attempt.exchanges {
            live.stage = Stage::Exchanging;
            live.window = false;
            let asked = if live.by_app {
                "exchange"
            } else {
                "request_token"
            };
            self.require(
                self.tab.effects.last() == Some(&asked),
                "a right code is exchanged",
            );
        } else {
            self.end("success");
        }
    }

    fn is_waiting(&self) -> bool {
        self.live
            .as_ref()
            .is_some_and(|live| live.stage == Stage::Waiting)
    }

    fn message(&mut self, detail: u8) {
        let rightly = self.is_waiting()
            && self
                .live
                .as_ref()
                .is_some_and(|live| live.window && live.attempt.by_message);
        match detail % 4 {
            0 => drop(
                self.tab
                    .message("https://evil.example", &samples::alter_success()),
            ),
            1 => drop(self.tab.message(
                samples::ALTER_ORIGIN,
                &json!({"type": "other", "grants": []}),
            )),
            _ => {
                self.tab
                    .message(samples::ALTER_ORIGIN, &samples::alter_success());
                if rightly {
                    self.answered();
                }
            }
        }
    }

    fn return_rightly(&mut self) {
        let Some(live) = &self.live else { return };
        let url = live.attempt.url.clone();
        if !live.window || url.is_empty() {
            return;
        }
        let waiting = self.is_waiting();
        self.tab.returned(&url);
        if waiting {
            self.answered();
        }
    }

    /// The own window with another attempt's answer: the flow may fail by it, and never succeed.
    fn return_forged(&mut self, detail: u8) {
        if self.live.as_ref().is_none_or(|live| !live.window) {
            return;
        }
        self.tab.returned(&forged(detail));
        if !self.tab.is_open() {
            self.end_if_live("state_mismatch");
        }
    }

    fn relay(&mut self) {
        let Some(live) = &self.live else { return };
        let (url, proves) = (live.attempt.url.clone(), live.attempt.proves);
        if url.is_empty() || (!live.attempt.unique && self.pending.len() > 1) {
            return; // whose it is, nobody can tell while there are several attempts
        }
        let counts = self.is_waiting() && (proves || live.closed_at.is_some() || !live.window);
        self.tab.relayed(&url);
        if counts {
            self.answered();
        }
    }

    /// A window whose flow is over answers: one of the attempts that may be answered late.
    fn late(&mut self) {
        let live = self.live.as_ref().map(|live| live.key.clone());
        let found = self
            .pending
            .iter()
            .find(|(key, _)| live.as_ref() != Some(*key) && self.tab.late.contains(*key));
        let Some((key, attempt)) = found.map(|(key, attempt)| (key.clone(), attempt.clone()))
        else {
            return;
        };
        let alone = self.pending.len() == 1;
        if attempt.by_message && alone {
            self.tab
                .late_message(samples::ALTER_ORIGIN, &samples::alter_success());
        } else if !attempt.url.is_empty() && (attempt.unique || alone) {
            self.tab.relayed(&attempt.url);
        } else {
            return;
        }
        if self.tab.now >= attempt.expires {
            return;
        }
        self.pending.remove(&key);
        self.delivered += 1;
        if attempt.exchanges {
            self.require(
                matches!(
                    self.tab.effects.last(),
                    Some(&"request_token" | &"exchange")
                ),
                "a right code is exchanged, late or not",
            );
            self.tab.token_response_to_late(&samples::tokens());
        }
        self.require(
            self.tab.mail.last().map(Outcome::code) == Some("success"),
            "a right answer is never lost",
        );
    }

    fn verify(&mut self, detail: u8) {
        if !self.tab.asks() {
            return;
        }
        match detail % 4 {
            0 => {
                self.tab.given(Event::Verified, json!({"id": 7}));
                self.end_if_live("given");
            }
            1 | 2 => {
                self.tab.happen(Event::Unverified);
                self.end_of_questions("exit");
            }
            _ => {
                self.tab.happen(Event::VerifyFailed);
                self.end_of_questions("verify_failed");
            }
        }
    }

    fn end_of_questions(&mut self, code: &str) {
        if self.tab.is_open() {
            return;
        }
        let live = self.live.as_ref();
        self.require(
            live.is_none_or(|live| live.stage != Stage::Exchanging),
            "no answer of verify takes a code's result away",
        );
        self.require(
            live.is_none_or(|live| live.gone || live.taken_up),
            "while the window may be there, only an account ends a flow",
        );
        self.end_in_doubt(code);
    }

    fn exchange(&mut self, detail: u8) {
        if self
            .live
            .as_ref()
            .is_none_or(|live| live.stage != Stage::Exchanging)
        {
            return;
        }
        let by_app = self.live.as_ref().is_some_and(|live| live.by_app);
        match (by_app, detail % 4) {
            (true, 0) => {
                self.tab.happen(Event::ExchangeFailed);
                self.end("exchange_failed");
            }
            (true, _) => {
                self.tab.given(Event::Exchanged, json!({"ok": true}));
                self.end("given");
            }
            (false, 0) => {
                self.tab
                    .step(Event::TokenResponse, &json!({"error": "invalid_grant"}), "");
                self.end("invalid_grant");
            }
            (false, 1) => {
                self.tab.happen(Event::NetworkFailed);
                self.end("network_error");
            }
            (false, _) => {
                self.tab.step(Event::TokenResponse, &samples::tokens(), "");
                self.end("success");
            }
        }
    }

    fn restored(&mut self) {
        let redirected = self
            .live
            .as_ref()
            .is_some_and(|live| live.attempt.redirected);
        self.tab.happen(Event::Restored);
        if redirected {
            self.end_in_doubt("exit");
        }
    }

    fn come_back(&mut self, detail: u8) {
        self.live = None;
        match detail % 4 {
            0 => {
                let taken = self.tab.come_back(&forged(detail / 4));
                self.require(!taken, "an answer to nothing is left alone");
            }
            1 => self.ask_after_redirect(),
            _ => self.come_back_rightly(),
        }
    }

    fn take_up(&mut self, key: String, attempt: Attempt, verifies: bool) {
        let by_app =
            self.tab.is_open() && self.tab.record(transaction::EXCHANGE.as_str()).is_some();
        self.live = Some(Live {
            stage: Stage::Waiting,
            attempt,
            key,
            by_app,
            deadline: f64::INFINITY,
            window: false,
            verifies,
            taken_up: true,
            away_at: None,
            closed_at: None,
            focused_at: None,
            gone: false,
        });
    }

    fn ask_after_redirect(&mut self) {
        let pending =
            |tab: &Tab, attempt: &Attempt| attempt.redirected && tab.now < attempt.expires;
        self.tab.reload();
        if !self
            .pending
            .values()
            .any(|attempt| pending(&self.tab, attempt))
        {
            return;
        }
        let asks = self.tab.ask_after_redirect();
        self.require(asks, "a pending redirect is asked after");
        let key = self.tab.key().expect("it was taken up by its key");
        let attempt = self.pending[&key].clone();
        self.require(pending(&self.tab, &attempt), "the newest is taken");
        self.take_up(key, attempt, true);
    }

    fn come_back_rightly(&mut self) {
        let redirected = || {
            self.pending
                .iter()
                .filter(|(_, attempt)| attempt.redirected)
        };
        let newest = redirected()
            .filter(|(_, attempt)| !attempt.url.is_empty())
            .max_by(|(_, one), (_, other)| one.expires.total_cmp(&other.expires));
        let Some((key, attempt)) = newest
            .map(|(key, attempt)| (key.clone(), attempt.clone()))
            .filter(|(_, attempt)| attempt.unique || redirected().count() == 1)
        else {
            self.tab.reload();
            return;
        };
        let taken = self.tab.come_back(&attempt.url);
        self.require(
            taken == (self.tab.now < attempt.expires),
            "a redirect's right answer is never lost, and never taken when it has expired",
        );
        if taken {
            self.take_up(key, attempt, false);
            self.answered();
        }
    }

    /// Whoever closes the window and comes back to the app is free again, whatever else happened.
    fn close(&mut self) {
        if self.tab.has_window() {
            self.apply(Action::Look(Event::Closed, 6));
            self.apply(Action::Focus(true));
        }
        let began = self.tab.now;
        while self.live.is_some() {
            self.require(self.tab.now < began + 40_000.0, "a closed window is an end");
            let live = self
                .live
                .as_ref()
                .map(|live| (live.stage, live.attempt.redirected, live.taken_up));
            match live {
                Some((Stage::Exchanging, ..)) => self.apply(Action::Exchange(0)),
                Some((_, true, _)) => self.apply(Action::Restored),
                _ if self.tab.now < began + 200.0 => {
                    self.apply(Action::Look(Event::Closed, (LOOK / 10.0) as u8))
                }
                _ => self.apply(Action::Look(Event::Closed, 100)),
            }
        }
        self.check();
        self.require(self.tab.now >= NOON, "time goes on");
    }
}

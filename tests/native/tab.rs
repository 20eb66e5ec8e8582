//! A tab without a browser: it runs the core's effects and feeds back what happens, as the other half of
//! `src/browser/host.js` does. What the user, the provider, the app and the clock do is up to the test.

use crate::page::{Parameters, World, split};
use crate::value::Value;
use connect_widget::flow::machine::{Effects, Event, Flow};
use connect_widget::flow::mode::Device;
use connect_widget::flow::transaction;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The app's origin.
pub const APP: &str = "https://app.example";
/// The page that the user clicks on.
pub const PAGE: &str = "https://app.example/settings?tab=2#accounts";
/// Where providers answer to.
pub const CALLBACK: &str = "https://app.example/callback";
/// When the tests begin: 2026-03-30T09:36:00Z, in milliseconds.
pub const NOON: f64 = 1_774_863_360_000.0;
/// Milliseconds between two looks at a window, as in host.js.
pub const LOOK: f64 = 60.0;
/// The prefix of every key in storage.
pub const KEY: &str = "connect-widget:";

/// A screen that pops up.
pub const DESKTOP: Device = Device {
    width: 1280,
    height: 800,
    hand_held: false,
    framed: false,
    in_app: false,
};
/// A screen that redirects.
pub const PHONE: Device = Device {
    width: 390,
    height: 844,
    hand_held: true,
    framed: false,
    in_app: false,
};

/// The effects by their bits.
pub const EFFECTS: [&str; 17] = [
    "open",
    "tell_open",
    "remember",
    "navigate",
    "redirect",
    "tell_started",
    "resolve",
    "verify",
    "close_window",
    "request_token",
    "exchange",
    "tell_complete",
    "tell_exit",
    "succeed",
    "give",
    "fail",
    "exit",
];

fn has_end(effects: Effects) -> bool {
    effects.0 & Effects::ENDS.0 != 0
}

/// How a flow ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With a result that the page put together.
    Success(serde_json::Value),
    /// With what the app's `verify` or `exchange` answered.
    Given(serde_json::Value),
    /// With an error.
    Failure {
        code: String,
        message: String,
        details: serde_json::Value,
    },
    /// The user left.
    Exit,
}

impl Outcome {
    /// The error's code, or what else it is in a word.
    pub fn code(&self) -> &str {
        match self {
            Outcome::Success(_) => "success",
            Outcome::Given(_) => "given",
            Outcome::Failure { code, .. } => code,
            Outcome::Exit => "exit",
        }
    }
}

/// One flow of a tab.
pub struct Live {
    pub world: World,
    flow: Flow,
    window: bool,
    key: Option<String>,
    answered: bool,
    asks: bool,
    ended: bool,
    given: serde_json::Value,
    /// Whether its outcome goes to whoever subscribes, and not to who began it.
    late: bool,
}

/// A tab of the app.
pub struct Tab {
    pub now: f64,
    pub device: Device,
    /// Whether the browser opens windows, navigates and stores.
    pub opens: bool,
    pub stores: bool,
    /// `sessionStorage`.
    pub session: BTreeMap<String, String>,
    /// Keys of attempts whose result may come late.
    pub late: BTreeSet<String>,
    /// What was done, in order.
    pub effects: Vec<&'static str>,
    /// How the flows that were begun here ended.
    pub outcomes: Vec<Outcome>,
    /// Results that nobody waits for any more.
    pub mail: Vec<Outcome>,
    /// Whether an end has said that a result may come after all.
    pub said_late: bool,
    live: Option<Live>,
    /// Flows taken up from a late answer that still exchange a code.
    resumed: Vec<Live>,
    seed: u64,
}

impl Tab {
    /// A desktop's tab.
    pub fn new(seed: u64) -> Tab {
        Tab {
            now: NOON,
            device: DESKTOP,
            opens: true,
            stores: true,
            session: BTreeMap::new(),
            late: BTreeSet::new(),
            effects: Vec::new(),
            outcomes: Vec::new(),
            mail: Vec::new(),
            said_late: false,
            live: None,
            resumed: Vec::new(),
            seed,
        }
    }

    /// A phone's tab.
    pub fn on_phone() -> Tab {
        Tab::new(1).on(PHONE)
    }

    /// The same on another device.
    pub fn on(self, device: Device) -> Tab {
        Tab { device, ..self }
    }

    /// The same in a browser that opens no window.
    pub fn blocking(self) -> Tab {
        Tab {
            opens: false,
            ..self
        }
    }

    /// The same in a browser that refuses storage.
    pub fn forgetting(self) -> Tab {
        Tab {
            stores: false,
            ..self
        }
    }

    /// The user clicks: `open(options)`. Nothing happens while a flow is live.
    pub fn click(&mut self, options: &serde_json::Value) -> &mut Tab {
        if self.live.is_some() {
            return self;
        }
        self.seed = self.seed.wrapping_add(1);
        let world = World::new(APP, self.now, self.seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
        let (device, now) = (self.device, self.now);
        let (flow, effects) = world.enter(&Value::from(options), "", |page| {
            Flow::begin(page, device, now)
        });
        self.run_new(world, flow, effects);
        self
    }

    /// `refresh(options)`.
    pub fn refresh(&mut self, options: &serde_json::Value) -> &mut Tab {
        let world = World::new(APP, self.now, self.seed);
        let (flow, effects) = world.enter(&Value::from(options), "", |page| Flow::refresh(page));
        self.run_new(world, flow, effects);
        self
    }

    fn run_new(&mut self, world: World, flow: Flow, effects: Effects) {
        assert_eq!(
            flow.has_ended(),
            has_end(effects),
            "a flow ends with an end"
        );
        let mut live = Live {
            world,
            flow,
            window: false,
            key: None,
            answered: false,
            asks: false,
            ended: false,
            given: json!(null),
            late: false,
        };
        self.run(&mut live, effects);
        self.live = Some(live).filter(|live| !live.ended);
    }

    /// Whether a flow is live.
    pub fn is_open(&self) -> bool {
        self.live.is_some()
    }

    /// Whether the live flow has a window that this library has not closed.
    pub fn has_window(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.window)
    }

    /// Whether `verify` was asked and has not answered yet.
    pub fn asks(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.asks)
    }

    /// The key under which the live flow's transaction is stored.
    pub fn key(&self) -> Option<String> {
        self.live.as_ref().and_then(|live| live.key.clone())
    }

    /// The live flow's page.
    pub fn world(&self) -> &World {
        &self.live.as_ref().expect("a flow is live").world
    }

    /// The live flow's address.
    pub fn address(&self) -> String {
        self.world().address.borrow().clone()
    }

    /// A field of the live flow's transaction.
    pub fn record(&self, field: &str) -> Option<String> {
        self.world().record.borrow().get(field).map(str::to_owned)
    }

    /// The live flow's state.
    pub fn state(&self) -> String {
        self.record(transaction::STATE.as_str())
            .expect("every flow has a state")
    }

    /// Something happened to the live flow.
    pub fn step(&mut self, event: Event, object: &serde_json::Value, url: &str) -> &mut Tab {
        if let Some(mut live) = self.live.take() {
            self.signal(&mut live, event, object, url);
            self.live = Some(live).filter(|live| !live.ended);
        }
        self
    }

    /// Something happened that carries nothing.
    pub fn happen(&mut self, event: Event) -> &mut Tab {
        self.step(event, &json!(null), "")
    }

    /// Looks at the window for a while, and always sees the same.
    pub fn look_for(&mut self, milliseconds: f64, sight: Event) -> &mut Tab {
        let until = self.now + milliseconds;
        while self.now + LOOK <= until {
            self.now += LOOK;
            self.happen(sight);
        }
        self.now = until;
        self
    }

    /// The flow's own window posts a message.
    pub fn message(&mut self, origin: &str, data: &serde_json::Value) -> &mut Tab {
        if self.has_window() && self.record(transaction::ORIGIN.as_str()).as_deref() == Some(origin)
        {
            self.step(Event::Message, data, "");
        }
        self
    }

    /// A window whose flow is over posts a message.
    pub fn late_message(&mut self, origin: &str, data: &serde_json::Value) -> &mut Tab {
        self.try_late(Event::Message, data, "", &|record| {
            record.get(transaction::ORIGIN.as_str()) == Some(origin)
        });
        self
    }

    /// The flow's own window is back on the app's origin.
    pub fn returned(&mut self, url: &str) -> &mut Tab {
        self.step(Event::Returned, &json!(null), url)
    }

    /// Some page of the app's origin broadcasts a response.
    pub fn relayed(&mut self, url: &str) -> &mut Tab {
        let is_unanswered = |tab: &Tab| tab.live.as_ref().is_some_and(|live| !live.answered);
        let was_unanswered = is_unanswered(self);
        self.step(Event::Relayed, &json!(null), url);
        if !was_unanswered || is_unanswered(self) {
            self.try_late(Event::Relayed, &json!(null), url, &|_| true);
        }
        self
    }

    /// The app's `verify` or `exchange` answers.
    pub fn given(&mut self, event: Event, value: serde_json::Value) -> &mut Tab {
        if let Some(live) = &mut self.live {
            live.given = value;
        }
        self.happen(event)
    }

    /// What the token endpoint answers reaches the live flow, and those taken up late.
    pub fn token_response(&mut self, data: &serde_json::Value) -> &mut Tab {
        self.step(Event::TokenResponse, data, "");
        self.token_response_to_late(data);
        self
    }

    /// What the token endpoint answers reaches the flows that were taken up late.
    pub fn token_response_to_late(&mut self, data: &serde_json::Value) {
        for mut live in std::mem::take(&mut self.resumed) {
            self.signal(&mut live, Event::TokenResponse, data, "");
        }
    }

    /// The page is loaded anew: everything but what is stored is gone.
    pub fn reload(&mut self) -> &mut Tab {
        (self.live, self.resumed) = (None, Vec::new());
        self.late = self
            .records("popup")
            .into_iter()
            .map(|(key, _)| key)
            .collect();
        self
    }

    /// The redirect comes back to the app: the shell's `takeResponse` and `handleRedirect`. False where nothing is pending.
    pub fn come_back(&mut self, url: &str) -> bool {
        self.reload();
        let [query, fragment] = split(url);
        let find = |name| {
            query
                .get(name)
                .or(fragment.get(name))
                .filter(|value| !value.is_empty())
        };
        let key = find("connect_state")
            .or(find("state"))
            .map(|state| format!("{KEY}{state}"));
        let stateless = ["alter_connect_success", "alter_connect_error", "type"]
            .iter()
            .any(|name| query.get(name).is_some());
        let pending = self.records("redirect");
        let by_state = pending
            .iter()
            .find(|(known, _)| Some(known) == key.as_ref());
        let newest = || {
            pending.iter().find(|(_, record)| {
                stateless
                    && record
                        .get(transaction::PROTOCOL.as_str())
                        .is_some_and(|name| name.contains('-'))
            })
        };
        let Some((key, record)) = by_state.or_else(newest).cloned() else {
            return false;
        };
        let stored = self.session.remove(&key).expect("it was listed");
        let mut live = self.take_up(&key, record, false);
        self.signal(&mut live, Event::Returned, &json!(null), url);
        let unanswered = !live.ended && !live.answered;
        if unanswered {
            if !live.flow.has_ended() {
                self.session.insert(key, stored);
            }
        } else {
            self.live = Some(live).filter(|live| !live.ended);
        }
        !unanswered
    }

    /// `handleRedirect({ verify })` where nothing came back with the page. False where no redirect is pending.
    pub fn ask_after_redirect(&mut self) -> bool {
        self.reload();
        let Some((key, record)) = self.records("redirect").into_iter().next() else {
            return false;
        };
        let live = self.take_up(&key, record, true);
        self.live = Some(live);
        true
    }

    fn take_up(&mut self, key: &str, record: Parameters, verify: bool) -> Live {
        let world = World::new(APP, self.now, self.seed);
        world.record.replace(record);
        let now = self.now;
        let flow = world.enter(&Value::Nothing, "", |page| Flow::resume(page, verify, now));
        Live {
            world,
            flow,
            window: false,
            key: Some(key.into()),
            answered: false,
            asks: false,
            ended: false,
            given: json!(null),
            late: false,
        }
    }

    /// Takes up late attempts, the newest first, until one is answered.
    fn try_late(
        &mut self,
        event: Event,
        object: &serde_json::Value,
        url: &str,
        accepts: &dyn Fn(&Parameters) -> bool,
    ) {
        for (key, record) in self.records("popup") {
            if !self.late.contains(&key) || !accepts(&record) {
                continue;
            }
            let mut live = self.take_up(&key, record, false);
            live.late = true;
            self.signal(&mut live, event, object, url);
            let answered = live.ended || live.answered;
            if !live.ended && live.answered {
                self.resumed.push(live);
            }
            if answered {
                break;
            }
        }
    }

    /// The remembered attempts of a mode, newest first.
    pub fn records(&self, mode: &str) -> Vec<(String, Parameters)> {
        let mut records: Vec<_> = self
            .session
            .iter()
            .map(|(key, record)| (key.clone(), Parameters::parse(record)))
            .filter(|(_, record)| record.get(transaction::MODE.as_str()) == Some(mode))
            .collect();
        let expires = |record: &Parameters| {
            record
                .get(transaction::EXPIRES.as_str())
                .and_then(|time| time.parse::<f64>().ok())
                .unwrap_or(0.0)
        };
        records.sort_by(|(_, one), (_, other)| expires(other).total_cmp(&expires(one)));
        records
    }

    fn signal(&mut self, live: &mut Live, event: Event, object: &serde_json::Value, url: &str) {
        if live.ended {
            return;
        }
        live.world.now.set(self.now);
        if matches!(
            event,
            Event::Verified | Event::Unverified | Event::VerifyFailed
        ) {
            live.asks = false;
        }
        let now = self.now;
        let flow = &mut live.flow;
        let had_ended = flow.has_ended();
        let effects = live.world.enter(&Value::from(object), url, |page| {
            flow.step(page, now, event)
        });
        assert!(
            !had_ended || effects == Effects::NONE,
            "an ended flow answers nothing"
        );
        assert_eq!(
            !had_ended && live.flow.has_ended(),
            has_end(effects),
            "a flow ends with an end"
        );
        self.run(live, effects);
    }

    /// Runs a set of effects in the order of its bits, as long as the flow lives.
    fn run(&mut self, live: &mut Live, effects: Effects) {
        for (bit, name) in EFFECTS.into_iter().enumerate() {
            if effects.0 & 1 << bit != 0 && !live.ended {
                self.effects.push(name);
                self.run_one(live, Effects(1 << bit), effects.contains(Effects::LATE));
            }
        }
    }

    fn run_one(&mut self, live: &mut Live, effect: Effects, late: bool) {
        let nothing = json!(null);
        match effect {
            Effects::OPEN => {
                live.window = self.opens;
                let event = if self.opens {
                    Event::Opened
                } else {
                    Event::Blocked
                };
                self.signal(live, event, &nothing, "");
            }
            Effects::REMEMBER => {
                self.remember(live);
            }
            Effects::REDIRECT if !self.remember(live) => {
                self.signal(live, Event::Blocked, &nothing, "")
            }
            Effects::VERIFY => {
                assert!(!live.asks, "never two questions at once");
                live.asks = true;
            }
            Effects::CLOSE_WINDOW => {
                live.answered = true;
                live.window = false;
                self.forget(live);
            }
            Effects::SUCCEED => self.settle(live, Outcome::Success(live.world.result()), late),
            Effects::GIVE => self.settle(live, Outcome::Given(live.given.clone()), late),
            Effects::FAIL => {
                let (code, message) = live
                    .world
                    .error
                    .borrow()
                    .clone()
                    .expect("a failing flow has an error");
                self.settle(
                    live,
                    Outcome::Failure {
                        code,
                        message,
                        details: live.world.details(),
                    },
                    late,
                );
            }
            Effects::EXIT => self.settle(live, Outcome::Exit, late),
            _ => {}
        }
    }

    fn remember(&mut self, live: &mut Live) -> bool {
        let mut record = live.world.record.borrow_mut();
        record.set("page", PAGE);
        let key = format!(
            "{KEY}{}",
            record
                .get(transaction::STATE.as_str())
                .expect("every flow has a state")
        );
        if self.stores {
            self.session.insert(key.clone(), record.to_string());
        }
        live.key = Some(key);
        self.stores
    }

    fn forget(&mut self, live: &Live) {
        for key in live.key.iter() {
            self.late.remove(key);
            self.session.remove(key);
        }
    }

    fn settle(&mut self, live: &mut Live, outcome: Outcome, late: bool) {
        live.ended = true;
        self.said_late |= late;
        if !late {
            self.forget(live);
        } else if let (true, Some(key)) = (live.window, &live.key) {
            self.late.insert(key.clone());
        }
        if live.late {
            self.mail.push(outcome);
        } else {
            self.outcomes.push(outcome);
        }
    }
}

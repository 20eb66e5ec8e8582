//! One attempt under test: the machine, its world, and all that it said. What the browser would answer at once is answered:
//! a window opens or is blocked, a redirect goes or is refused.

use crate::world::{NOON, Options, TestWorld, parse_response};
use connect_widget::error::Failure;
use connect_widget::flow::machine::{Effect, Event, Flow, Milestone, Surroundings};
use connect_widget::flow::mode::Device;
use connect_widget::flow::response::Via;
use connect_widget::flow::transaction::Transaction;
use connect_widget::flow::watch::Sight;
use connect_widget::protocol::{PROTOCOLS, Registry, TokenAnswer};
use connect_widget::result::{Outcome, Success};
use connect_widget::secret::Secret;
use serde_json::Value;

/// The origin of the app.
pub const APP: &str = "https://app.example";
/// The page that answers come to.
pub const CALLBACK: &str = "https://app.example/cb";
/// Milliseconds between two looks at the window, as in the driver.
pub const LOOK: f64 = 16.0;

/// Long enough for looks that read `closed` to be believed: the first, and two more.
pub const CLOSE: f64 = 3.0 * LOOK;
/// A broadcast by a page that is not known to be the attempt's window.
pub const RELAY: Via = Via::Relay { from_window: false };
/// A broadcast by the attempt's own window.
pub const OWN_RELAY: Via = Via::Relay { from_window: true };

/// Where a click happens.
#[derive(Clone)]
pub struct Setting {
    pub device: Device,
    /// When the click was.
    pub clicked: f64,
    /// Whether the shell opened nothing in the click.
    pub is_left_to_redirect: bool,
    /// Whether the browser opens windows.
    pub opens: bool,
    /// Whether a redirect can be remembered.
    pub stores: bool,
    pub allow_insecure: bool,
    pub origin: String,
    pub registry: Registry,
    pub seed: u64,
}

/// The option that a failure names.
pub fn option_of(failure: &Failure) -> Option<&str> {
    failure.message.strip_prefix("Option ")?.split(' ').next()
}

pub fn desktop() -> Device {
    Device {
        width: 1280.0,
        height: 800.0,
        user_agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36".into(),
        ..Device::default()
    }
}

pub fn phone() -> Device {
    Device {
        width: 390.0,
        height: 844.0,
        user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1".into(),
        max_touch_points: 5.0,
        has_coarse_pointer: true,
        ..Device::default()
    }
}

impl Default for Setting {
    fn default() -> Setting {
        Setting {
            device: desktop(),
            clicked: 0.0,
            is_left_to_redirect: false,
            opens: true,
            stores: true,
            allow_insecure: false,
            origin: APP.into(),
            registry: PROTOCOLS,
            seed: 1,
        }
    }
}

impl Setting {
    pub fn on_phone() -> Setting {
        Setting {
            device: phone(),
            ..Setting::default()
        }
    }

    pub fn blocking() -> Setting {
        Setting {
            opens: false,
            ..Setting::default()
        }
    }

    /// `open(options)`.
    pub fn try_click(&self, options: &Value) -> Result<Attempt, Box<Failure>> {
        let world = TestWorld::new(NOON, self.seed);
        let surroundings = Surroundings {
            world: &world,
            registry: self.registry,
            own_origin: self.origin.clone(),
            device: self.device.clone(),
            clicked: self.clicked,
            is_left_to_redirect: self.is_left_to_redirect,
            allow_insecure: self.allow_insecure,
        };
        let (flow, effects) = Flow::begin(&Options(options), surroundings)?;
        let mut attempt = Attempt {
            world,
            flow,
            effects: Vec::new(),
            opens: self.opens,
            stores: self.stores,
        };
        attempt.run(effects);
        Ok(attempt)
    }

    /// The same with options that are right.
    #[track_caller]
    pub fn click(&self, options: &Value) -> Attempt {
        self.try_click(options).expect("the options are right")
    }
}

/// `open(options)` on a desktop.
#[track_caller]
pub fn click(options: &Value) -> Attempt {
    Setting::default().click(options)
}

/// The attempt.
pub struct Attempt {
    pub world: TestWorld,
    pub flow: Box<Flow>,
    /// All that the machine said, in its order.
    pub effects: Vec<Effect>,
    opens: bool,
    stores: bool,
}

impl Attempt {
    /// A remembered attempt, on the page that came back or was reloaded.
    pub fn resume(transaction: Box<Transaction>, verifies: bool, now: f64) -> Option<Attempt> {
        let world = TestWorld::new(now, 1);
        let mut flow = Flow::resume(transaction, PROTOCOLS)?;
        if verifies {
            flow.step(Event::VerifyBrought, &world);
        }
        Some(Attempt {
            world,
            flow,
            effects: Vec::new(),
            opens: true,
            stores: true,
        })
    }

    /// The same attempt after the page was loaded anew: what was stored is all that there is.
    pub fn reload(&self, verifies: bool) -> Attempt {
        let stored = crate::world::json_of(&self.flow.transaction().record());
        let transaction = Transaction::parse(&crate::world::value_of(&stored))
            .expect("what was stored can be read");
        assert_eq!(&*transaction, self.flow.transaction(), "nothing is lost");
        Attempt::resume(transaction, verifies, self.world.time.get()).expect("a known protocol")
    }

    /// Something happened.
    pub fn step(&mut self, event: Event) -> &mut Attempt {
        let had_ended = self.flow.has_ended();
        let effects = self.flow.step(event, &self.world);
        assert!(
            !had_ended || effects.is_empty(),
            "an ended flow answers nothing"
        );
        self.run(effects);
        self
    }

    /// As the driver does it: in their order, and none after the end.
    fn run(&mut self, effects: Vec<Effect>) {
        let mut is_over = false;
        for effect in effects {
            if is_over {
                return;
            }
            self.effects.push(effect.clone());
            match effect {
                Effect::Open(_) if self.opens => drop(self.step(Event::Opened)),
                Effect::Open(_) => drop(self.step(Event::Blocked)),
                Effect::Redirect(_) if !self.stores => {
                    self.step(Event::Blocked);
                    is_over = self.flow.has_ended();
                }
                _ => {}
            }
        }
    }

    /// The attempt's state.
    pub fn state(&self) -> String {
        self.flow.transaction().state.expose().to_owned()
    }

    /// The URL that the user was sent to last; empty where there is none yet.
    pub fn address(&self) -> &str {
        fn url(effect: &Effect) -> Option<&str> {
            match effect {
                Effect::Open(Some(url)) | Effect::Navigate(url) | Effect::Redirect(url) => {
                    Some(url.expose())
                }
                _ => None,
            }
        }
        self.effects.iter().rev().find_map(url).unwrap_or_default()
    }

    /// All that the machine said, in words.
    pub fn said(&self) -> Vec<String> {
        self.effects.iter().map(name).collect()
    }

    /// How often the machine said this.
    pub fn count(&self, word: &str) -> usize {
        self.said().iter().filter(|said| *said == word).count()
    }

    /// What the app was told, in its order: one outcome, and perhaps a late one.
    pub fn outcomes(&self) -> Vec<&Outcome> {
        fn outcome(effect: &Effect) -> Option<&Outcome> {
            match effect {
                Effect::Detach(outcome) | Effect::End(outcome) => Some(outcome),
                _ => None,
            }
        }
        self.effects.iter().filter_map(outcome).collect()
    }

    /// A look at the window.
    pub fn look(&mut self, sight: Sight) -> &mut Attempt {
        self.step(Event::Looked {
            sight,
            has_focus: true,
        })
    }

    /// Looks at the window for a while, and always sees the same.
    pub fn look_for(&mut self, milliseconds: f64, sight: Sight) -> &mut Attempt {
        let until = self.world.time.get() + milliseconds;
        while self.world.time.get() + LOOK <= until {
            self.world.advance(LOOK);
            self.look(sight);
        }
        self.world.time.set(until);
        self
    }

    pub fn advance(&mut self, milliseconds: f64) -> &mut Attempt {
        self.world.advance(milliseconds);
        self
    }

    /// The provider's page posts a message.
    pub fn message(&mut self, data: &Value) -> &mut Attempt {
        self.step(Event::Message(crate::world::value_of(data)))
    }

    /// The app's token or link is here.
    pub fn source(&mut self, data: &Value) -> &mut Attempt {
        self.step(Event::Source(crate::world::value_of(data)))
    }

    /// A URL came back.
    pub fn returned(&mut self, url: &str, via: Via) -> &mut Attempt {
        let url = parse_response(url, self.flow.transaction());
        self.step(Event::Returned(url, via))
    }

    /// The token endpoint answered.
    pub fn token_answer(&mut self, status: u16, body: &Value) -> &mut Attempt {
        let body = body.to_string();
        self.step(Event::TokenAnswer(TokenAnswer { status, body }))
    }

    /// Whether the app's token or link is awaited.
    pub fn is_asking_source(&self) -> bool {
        let asks = |effect: &Effect| matches!(effect, Effect::AskSource(_));
        self.effects.iter().any(asks)
    }
}

/// An effect in words.
pub fn name(effect: &Effect) -> String {
    match effect {
        Effect::Open(Some(_)) => "open".into(),
        Effect::Open(None) => "open blank".into(),
        Effect::Remember => "remember".into(),
        Effect::Navigate(_) => "navigate".into(),
        Effect::Redirect(_) => "redirect".into(),
        Effect::Tell(Milestone::Opened) => "tell opened".into(),
        Effect::Tell(Milestone::Started) => "tell started".into(),
        Effect::Tell(Milestone::Complete) => "tell complete".into(),
        Effect::Tell(Milestone::Exit) => "tell exit".into(),
        Effect::AskSource(_) => "ask source".into(),
        Effect::AskVerify => "ask verify".into(),
        Effect::UseUp => "use up".into(),
        Effect::RequestToken(_) => "request token".into(),
        Effect::Exchange(_) => "exchange".into(),
        Effect::Detach(outcome) => format!("detach {}", end_of(outcome)),
        Effect::End(outcome) => format!("end {}", end_of(outcome)),
    }
}

/// An outcome in a word.
pub fn end_of(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Success(Success::Value(_)) => "success",
        Outcome::Success(Success::Verified) => "verified",
        Outcome::Success(Success::Exchanged) => "exchanged",
        Outcome::Failure(failure) => failure.code.as_str(),
        Outcome::Exit => "exit",
    }
}

/// The flow has ended in one way, once.
#[track_caller]
pub fn assert_ended(attempt: &Attempt, code_of_end: &str) {
    let codes: Vec<&str> = attempt.outcomes().into_iter().map(end_of).collect();
    assert_eq!(codes, [code_of_end], "{:?}", attempt.said());
    assert!(attempt.flow.has_ended(), "{:?}", attempt.said());
}

/// The app has its outcome, but a result may come after all.
#[track_caller]
pub fn assert_detached(attempt: &Attempt, code_of_end: &str) {
    let codes: Vec<&str> = attempt.outcomes().into_iter().map(end_of).collect();
    assert_eq!(codes, [code_of_end], "{:?}", attempt.said());
    assert!(attempt.flow.is_detached() && !attempt.flow.has_ended());
}

/// The flow goes on, and nothing was told.
#[track_caller]
pub fn assert_open(attempt: &Attempt) {
    assert!(attempt.outcomes().is_empty(), "{:?}", attempt.said());
    assert!(!attempt.flow.has_ended() && !attempt.flow.is_detached());
}

/// The texts of secrets, to compare.
pub fn expose(secret: &Option<Secret>) -> Option<&str> {
    secret.as_ref().map(Secret::expose)
}

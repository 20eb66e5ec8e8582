//! A random journey, and what it may and must come to.
//!
//! It knows nothing of how the machine works: it knows who asked for what, which answers are right, and the promises.

use crate::attempt::*;
use crate::samples::*;
use crate::world::parse_response;
use connect_widget::flow::machine::{Effect, Event};
use connect_widget::flow::response::{Ownership, Via};
use connect_widget::flow::watch::Sight;
use connect_widget::protocol::TokenAnswer;
use connect_widget::secret::Secret;
use connect_widget::world::World;
use serde_json::{Value, json};
use std::sync::OnceLock;

/// xorshift64*.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn byte(&mut self) -> u8 {
        (self.next() >> 32) as u8
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// A number from the environment.
pub fn number(variable: &str, default: u64) -> u64 {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What a token endpoint and a code may hold, to be looked for where it must not be.
const CODE: &str = "SplxlOBeZQQYbYS6WxSbIA";
const TOKENS: [&str; 3] = [
    "2YotnFZFEjr1zCsicMWpAA",
    "tGzv3JOkF0XG5Qx2TlKWIA",
    "ANI-TOKEN",
];

const EVERY_WAY: [Via; 4] = [Via::OwnWindow, Via::Page, OWN_RELAY, RELAY];

fn options() -> &'static [Value] {
    static OPTIONS: OnceLock<Vec<Value>> = OnceLock::new();
    OPTIONS.get_or_init(|| {
        let function = || json!({"$": "function"});
        let mut all = Vec::from(every_protocol().map(|(_, options)| options));
        all.extend([
            alter_promised(),
            alter_bound(),
            anon_bound(),
            with(anon(), "link", json!({"$": "promise"})),
            with(stackone(), "link", function()),
            with(implicit(), "params", json!({"response_mode": "query"})),
            with(code(), "exchange", function()),
            with(code(), "tokenRequest", json!("json")),
        ]);
        for i in 0..all.len() {
            all.push(verifying(all[i].clone()));
            all.push(with(all[i].clone(), "timeout", json!(20_000)));
            all.push(with(all[i].clone(), "whenBlocked", json!("redirect")));
            all.push(with(all[i].clone(), "mode", json!("redirect")));
        }
        all
    })
}

/// Answers to attempts of other tabs and other times, and pages of the app.
fn forged(detail: u8) -> String {
    const STATE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    match detail % 10 {
        0 => implicit_return(STATE),
        1 => code_return(STATE),
        2 => format!("{CALLBACK}?error=access_denied&state={STATE}"),
        3 => format!("{CALLBACK}#error=access_denied"),
        4 => format!("{CALLBACK}?code=c"),
        5 => format!("{CALLBACK}?type=folder&state={STATE}"),
        6 => "https://app.example/?tab=2#/route".into(),
        7 => "https://app.example/login?error=1".into(),
        8 => format!("https://app.example/orders?type=success&connect_state={STATE}"),
        _ => format!("{CALLBACK}?alter_connect_success=1&grant_id=g&provider=p"),
    }
}

/// A flow whose app has its outcome is answered until the attempt expires, and not later.
fn is_heard(attempt: &Attempt) -> bool {
    let has_expired = attempt
        .flow
        .transaction()
        .has_expired(attempt.world.time.get());
    attempt.flow.is_waiting() && !(attempt.flow.is_detached() && has_expired)
}

/// How often the app was asked for something, less how often it answered.
struct Debts {
    verify: usize,
    exchange: usize,
    token: usize,
    source: usize,
}

struct Journey {
    attempt: Attempt,
    debts: Debts,
    /// When the last question was asked.
    asked_at: f64,
    has_asked_in_time: bool,
    /// Effects that were counted among the debts already.
    seen: usize,
    /// Whether the page that began a popup's attempt is gone: what comes of it is told to whoever listens.
    is_nobodys: bool,
    options: &'static Value,
    /// What happened since the click; none is a reload.
    log: Vec<Option<Event>>,
}

impl Journey {
    fn begin(seed: u64, detail: u8) -> Journey {
        let options = &options()[usize::from(detail) % options().len()];
        let setting = Setting {
            opens: detail % 7 != 0,
            stores: detail % 11 != 0,
            seed,
            ..if detail % 5 == 0 {
                Setting::on_phone()
            } else {
                Setting::default()
            }
        };
        let mut journey = Journey {
            attempt: setting.click(options),
            debts: Debts {
                verify: 0,
                exchange: 0,
                token: 0,
                source: 0,
            },
            asked_at: 0.0,
            has_asked_in_time: true,
            seen: 0,
            is_nobodys: false,
            options,
            log: Vec::new(),
        };
        journey.check();
        journey
    }

    fn require(&self, holds: bool, promise: &str) {
        if !holds {
            let (said, log, options) = (self.attempt.said(), &self.log, self.options);
            let said = &said[said.len().saturating_sub(40)..];
            let log = &log[log.len().saturating_sub(40)..];
            panic!("{promise}\noptions {options}\nsaid {said:#?}\njourney {log:#?}");
        }
    }

    fn step(&mut self, event: Event) {
        self.log.push(Some(event.clone()));
        self.attempt.step(event);
        self.check();
    }

    /// What nobody may take for an answer.
    fn step_in_vain(&mut self, event: Event, promise: &str) {
        let before = self.attempt.effects.len();
        self.step(event);
        self.require(self.attempt.effects.len() == before, promise);
    }

    /// The promises that hold after every step.
    fn check(&mut self) {
        let told = self.attempt.outcomes().len();
        let detached = self
            .attempt
            .effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Detach(_)))
            .count();
        let ended = told - detached;
        self.require(
            detached <= 1 && ended <= 1,
            "the app hears of one outcome, and perhaps of a late one",
        );
        let is_last = matches!(self.attempt.effects.last(), Some(Effect::End(_)));
        self.require(ended == usize::from(is_last), "nothing comes after the end");
        self.require(
            self.attempt.flow.has_ended() == (ended == 1),
            "a flow ends with an end",
        );
        let is_detached = detached == 1 || self.is_nobodys;
        self.require(
            self.attempt.flow.is_detached() == is_detached,
            "a flow is detached by telling so",
        );
        for effect in &self.attempt.effects[self.seen..] {
            let debt = match effect {
                Effect::AskVerify => {
                    let now = self.attempt.world.uptime();
                    self.has_asked_in_time &=
                        self.debts.verify == 0 || now >= self.asked_at + 5000.0;
                    // One that is asked again is not answered any more.
                    (self.asked_at, self.debts.verify) = (now, 1);
                    continue;
                }
                Effect::Exchange(_) => &mut self.debts.exchange,
                Effect::RequestToken(_) => &mut self.debts.token,
                Effect::AskSource(_) => &mut self.debts.source,
                _ => continue,
            };
            *debt += 1;
        }
        self.require(
            self.has_asked_in_time,
            "a question has some seconds before the next one",
        );
        self.require(
            self.debts.exchange + self.debts.token <= 1,
            "a code is used once",
        );
        if self.attempt.effects.len() > self.seen {
            self.check_logs();
        }
        self.seen = self.attempt.effects.len();
    }

    /// No secret is in any output for logs.
    fn check_logs(&self) {
        let transaction = self.attempt.flow.transaction();
        let mut text = format!("{transaction:?}");
        for effect in &self.attempt.effects[self.seen..] {
            text += &format!("{effect:?}");
        }
        text += &format!("{:?}", self.log.last());
        let oauth = transaction.oauth.as_ref();
        let own = [
            Some(&transaction.state),
            oauth.and_then(|oauth| oauth.nonce.as_ref()),
            oauth.and_then(|oauth| oauth.code_verifier.as_ref()),
        ];
        let bound = transaction.binding.bound_to();
        let own = own.into_iter().flatten().map(Secret::expose).chain(bound);
        for secret in own.chain(TOKENS).chain([CODE]) {
            assert!(!text.contains(secret), "a secret is in a log: {text}");
        }
    }

    /// The flow's right answer was given to it: it must not wait any longer.
    fn answer(&mut self, event: Event) {
        let is_heard = is_heard(&self.attempt);
        let before = self.attempt.effects.len();
        self.step(event);
        if is_heard {
            self.require(!self.attempt.flow.is_waiting(), "nothing right is lost");
        } else {
            self.require(
                self.attempt.effects.len() == before,
                "an answer counts while one is waited for",
            );
        }
    }

    fn returned(&mut self, url: &str, via: Via) -> Event {
        Event::Returned(parse_response(url, self.attempt.flow.transaction()), via)
    }

    fn act(&mut self, code: u8, detail: u8) {
        match code % 24 {
            0..=3 if self.debts.source > 0 => {
                self.debts.source -= 1;
                if detail % 4 == 0 {
                    self.step(Event::SourceFailed);
                } else {
                    let source = json!({"url": "https://as.example/a", "auth_link_url": "https://as.example/a", "token": "tok", "bound": detail % 4 == 1});
                    self.step(Event::Source(crate::world::value_of(&source)));
                }
            }
            0..=5 => self.look([Sight::Away, Sight::Closed, Sight::Blank][usize::from(detail) % 3]),
            6 => {
                self.attempt.advance(f64::from(detail) * 10_000.0);
            }
            7 | 8 => self.step(Event::Focused),
            9 | 10 => self.step(Event::Blurred),
            11 => match right_message(&self.attempt) {
                Some(message) => self.answer(Event::Message(crate::world::value_of(&message))),
                None => {
                    let message = Event::Message(crate::world::value_of(&alter_success()));
                    self.step_in_vain(message, "a message answers nothing but Alter");
                }
            },
            12 => {
                let message = [
                    json!(null),
                    json!({"type": "x"}),
                    json!([1]),
                    json!({"type": {"$": "throws"}}),
                ];
                let message = crate::world::value_of(&message[usize::from(detail) % 4]);
                self.step_in_vain(Event::Message(message), "what is no answer changes nothing");
            }
            13 | 14 => {
                let Some(url) = right_return(&self.attempt) else {
                    return;
                };
                // An answer that nothing binds is believed only where no link from elsewhere can have made it.
                let transaction = self.attempt.flow.transaction();
                let is_open = parse_response(&url, transaction).ownership(transaction)
                    == Some(Ownership::Open);
                let via = EVERY_WAY[usize::from(detail) % if is_open { 3 } else { 4 }];
                let event = self.returned(&url, via);
                self.answer(event);
            }
            15 | 16 => {
                let via = EVERY_WAY[1 + usize::from(detail) % 3];
                let event = self.returned(&forged(detail / 3), via);
                self.step_in_vain(event, "another attempt's answer changes nothing");
            }
            17 if self.debts.verify > 0 => {
                self.debts.verify -= 1;
                match detail % 3 {
                    0 => self.answer(Event::Verified),
                    1 => self.step(Event::Unverified),
                    _ => self.step(Event::VerifyFailed),
                }
            }
            18 | 19 if self.debts.token > 0 => {
                self.debts.token -= 1;
                let is_right = detail % 3 == 0;
                let body = if is_right {
                    tokens()
                } else {
                    json!({"error": "invalid_grant", "access_token": TOKENS[0]})
                };
                let body = body.to_string();
                let status = if is_right { 200 } else { 400 };
                self.step(if detail % 3 == 2 {
                    Event::NetworkFailed
                } else {
                    Event::TokenAnswer(TokenAnswer { status, body })
                });
                self.require(
                    self.attempt.flow.has_ended(),
                    "what the token endpoint answers ends the flow",
                );
            }
            20 if self.debts.exchange > 0 => {
                self.debts.exchange -= 1;
                self.step(if detail % 2 == 0 {
                    Event::Exchanged
                } else {
                    Event::ExchangeFailed
                });
                self.require(
                    self.attempt.flow.has_ended(),
                    "what the app exchanged ends the flow",
                );
            }
            21 if detail < 40 => {
                let may_be_answered = self.attempt.flow.has_left();
                self.step(Event::Aborted);
                self.require(
                    self.attempt.flow.has_ended() != may_be_answered,
                    "an abort ends the flow, unless the page has left",
                );
                self.require(
                    self.attempt.flow.has_ended() || self.attempt.flow.is_detached(),
                    "who aborts hears of it",
                );
            }
            22 => self.step(Event::CameBack),
            23 if detail < 40 && self.attempt.flow.is_waiting() => self.reload(),
            _ => {}
        }
    }

    fn look(&mut self, sight: Sight) {
        self.attempt.advance(LOOK);
        self.step(Event::Looked {
            sight,
            has_focus: true,
        });
    }

    /// The page is loaded anew: a popup's attempt is nobody's of this page, a redirect's is told to who asks.
    fn reload(&mut self) {
        self.log.push(None);
        let verifies = self.debts.verify > 0;
        self.attempt = self.attempt.reload(verifies);
        self.is_nobodys = self.attempt.flow.is_detached();
        (self.debts.verify, self.seen, self.asked_at) = (0, 0, 0.0);
    }

    /// Whoever closes the window, or comes back without an answer, is told so in the end.
    fn close(&mut self) {
        let is_told = |journey: &Journey| {
            journey.attempt.flow.has_ended() || journey.attempt.flow.is_detached()
        };
        if self.debts.token > 0 {
            self.step(Event::NetworkFailed);
        }
        if self.debts.exchange > 0 {
            self.step(Event::ExchangeFailed);
        }
        if self.attempt.flow.has_left() {
            self.step(Event::CameBack);
        }
        self.step(Event::Focused);
        for _ in 0..400 {
            if is_told(self) {
                return;
            }
            self.look(Sight::Closed);
            if self.debts.verify > 0 {
                self.debts.verify -= 1;
                self.step(Event::Unverified);
            }
        }
        // A window that is closed under a promise never comes to be.
        self.require(is_told(self), "a flow comes to an end");
    }
}

/// Runs a journey of two bytes for each thing that happens, and then closes what is still open. Answers whether an outcome was
/// told, and whether a late one.
///
/// # Panics
/// Where a promise is broken; the message holds the journey.
pub fn run(seed: u64, bytes: &[u8]) -> (bool, bool) {
    let mut pairs = bytes.chunks_exact(2);
    let first = pairs.next().map_or(0, |pair| pair[1]);
    let mut journey = Journey::begin(seed, first);
    for pair in pairs {
        journey.act(pair[0], pair[1]);
    }
    journey.close();
    let told = journey.attempt.outcomes().len();
    (told > 0 || journey.attempt.flow.is_detached(), told > 1)
}

/// Anything at any time: nothing is promised but that the app hears of one outcome, and perhaps of a late one, and that
/// nothing panics.
///
/// # Panics
/// Where the promise is broken.
pub fn run_wild(seed: u64, bytes: &[u8]) {
    let first = bytes.first().copied().unwrap_or_default();
    let mut journey = Journey::begin(seed, first);
    for pair in bytes.chunks_exact(2) {
        let (code, detail) = (pair[0], pair[1]);
        let sight = [Sight::Away, Sight::Closed, Sight::Blank][usize::from(detail) % 3];
        let via = EVERY_WAY[usize::from(detail) % 4];
        let right = right_return(&journey.attempt).unwrap_or_default();
        let status = u16::from(detail) * 2;
        let body = if detail % 2 == 0 {
            tokens().to_string()
        } else {
            String::new()
        };
        let event = match code % 22 {
            0..=2 => Event::Looked {
                sight,
                has_focus: detail % 2 == 0,
            },
            3 => Event::Opened,
            4 => Event::Blocked,
            5 => Event::Source(crate::world::value_of(&json!("https://as.example/a"))),
            6 => Event::SourceFailed,
            7 => journey.returned(&right, via),
            8 => journey.returned(&forged(detail / 4), via),
            9 => Event::Message(crate::world::value_of(&alter_success())),
            10 => Event::Verified,
            11 => Event::Unverified,
            12 => Event::VerifyFailed,
            13 => Event::TokenAnswer(TokenAnswer { status, body }),
            14 => Event::NetworkFailed,
            15 => Event::Exchanged,
            16 => Event::ExchangeFailed,
            17 => Event::Focused,
            18 => Event::Blurred,
            19 => Event::CameBack,
            20 => Event::Aborted,
            _ => {
                journey.attempt.advance(f64::from(detail) * 1000.0);
                continue;
            }
        };
        journey.attempt.step(event);
        let told = journey.attempt.effects.iter();
        let told: Vec<bool> = told
            .filter_map(|effect| match effect {
                Effect::Detach(_) => Some(false),
                Effect::End(_) => Some(true),
                _ => None,
            })
            .collect();
        let is_kept = matches!(told[..], [] | [_] | [false, true]);
        journey.require(
            is_kept,
            "the app hears of one outcome, and perhaps of a late one",
        );
    }
}

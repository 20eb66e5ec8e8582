//! The flow as a machine without input or output: [`Flow::step`] takes what happened and answers what to do.
//!
//! click → mode → open → return → validate → outcome. Whatever the order of events, a flow ends at most once, and an ended
//! flow answers nothing more.

use super::encoding::base64url;
use super::input::{Input, Value};
use super::mode::Mode;
use super::outcome::{Outcome, Verdict};
use super::response::Response;
use super::transaction::{Transaction, field};
use super::watch::{Presence, Sight, Watch};
use crate::error::{Code, Failure};
use crate::protocol::{self, Adapter, Launch};

/// Random bytes that a flow takes at its start: state, nonce or the two halves of a code verifier.
pub const ENTROPY: usize = 64;

/// What happened.
pub enum Event<'a> {
    /// The window stands open.
    Opened,
    /// The browser refused the window, or the redirect.
    Blocked,
    /// The app's `token` or `link` is at hand.
    Resolved,
    /// The app's `token` or `link` failed.
    Unresolved,
    /// Time passed; this is what the window looks like.
    Tick(Sight),
    /// The window that this flow opened is on the app's origin, at this URL, or its page handed this URL over.
    Returned(&'a str),
    /// A page of the app's origin, not known to be this flow's window, handed this URL over.
    Relayed(&'a str),
    /// The provider's page posted the object at hand.
    Message,
    /// `verify` answered a result.
    Verified,
    /// `verify` answered that there is none yet.
    Unverified,
    /// `verify` rejected.
    VerifyFailed,
    /// The token endpoint answered the object at hand.
    TokenResponse,
    /// The token endpoint could not be reached or read.
    NetworkFailed,
    /// The app's `exchange` answered.
    Exchanged,
    /// The app's `exchange` rejected.
    ExchangeFailed,
    /// The app's window was given the focus.
    Focus,
    /// The app's window lost the focus.
    Blur,
    /// The redirected page came back from the back/forward cache.
    Restored,
    /// The app aborted.
    Abort,
}

/// What to do.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Open the window at an address, or blank where that is empty.
    Open(String),
    /// Get the app's `token` or `link`.
    Resolve,
    /// Send the open window to an address.
    Navigate(String),
    /// Remember the transaction, then send the page to an address.
    Redirect(String),
    /// Remember the transaction under its state.
    Remember,
    /// The response is here: forget the transaction and close the window.
    CloseWindow,
    /// Ask the app's `verify`.
    Verify,
    /// Send this form to the token endpoint.
    RequestToken(String),
    /// Give the code to the app's `exchange`.
    Exchange(String),
    /// Tell `onEvent`.
    Emit(&'static str),
    /// End. `late`: keep the remembered transaction, so that a result that comes after all is delivered.
    Finish {
        /// How it ended.
        outcome: Outcome,
        /// Whether a result may still come.
        late: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The window is being opened.
    Opening,
    /// The app's token or link is awaited.
    Resolving,
    /// The user is at the provider.
    Waiting,
    /// The response is here; the app or the token endpoint is asked.
    Exchanging,
    /// Nothing more happens.
    Ended,
}

/// One attempt to connect.
pub struct Flow {
    adapter: &'static dyn Adapter,
    /// What a redirect, a reload or a late result will need.
    pub transaction: Transaction,
    mode: Mode,
    phase: Phase,
    framed: bool,
    address: Option<String>,
    watch: Watch,
    verify: Option<Questions>,
    redirect_if_blocked: bool,
    deadline: f64,
}

/// When to ask `verify`.
#[derive(Clone)]
struct Questions {
    asking: bool,
    next: f64,
    delay: f64,
    /// How many are left before an unanswered flow exits; `None` while the window may still be there.
    left: Option<u32>,
    /// When an answer that does not come is waited for no longer.
    patience: Option<f64>,
}

/// The pause between questions grows by half, in milliseconds.
const FIRST_PAUSE: f64 = 600.0;
const LONGEST_PAUSE: f64 = 5000.0;

/// How long the last question's answer is waited for, in milliseconds.
const PATIENCE: f64 = 15_000.0;

/// Questions after a redirect, where the window's close cannot be awaited and a webhook may be on its way.
const QUESTIONS_AFTER_REDIRECT: u32 = 4;

type Effects = Vec<Effect>;

impl Flow {
    /// Reads the options at hand. `device_mode` is what `auto` means here; nothing is open yet.
    ///
    /// # Errors
    /// `invalid_options`, naming the option.
    pub fn begin(input: &dyn Input, device_mode: Mode, framed: bool, entropy: &[u8; ENTROPY], now: f64) -> Result<(Flow, Effects), Failure> {
        let name = match input.read("protocol") {
            Value::Absent => protocol::ADAPTERS[0].0.into(),
            given => given.text(),
        };
        let adapter = protocol::find(&name).ok_or_else(|| Failure::option("protocol"))?;
        check_common(input)?;
        let mode = match input.read("mode").text().as_str() {
            "popup" => Mode::Popup,
            "redirect" => Mode::Redirect,
            _ => device_mode,
        };
        let mut transaction = Transaction { state: base64url(&entropy[..16]), ..Transaction::default() };
        transaction.set(field::PROTOCOL, &name);
        transaction.set(field::MODE, if mode == Mode::Popup { "popup" } else { "redirect" });
        transaction.expire_at(now + f64::from(adapter.lifetime()) * 60_000.0);
        let unused = core::cell::Cell::new(16);
        let fresh = || {
            let start = unused.replace(unused.get() + 24);
            base64url(&entropy[start..start + 24])
        };
        let address = match adapter.prepare(input, &mut transaction, &fresh)? {
            Launch::Address(url) => Some(url),
            Launch::Promised => None,
        };
        let deadline = match input.read("timeout") {
            Value::Number(milliseconds) => now + milliseconds as f64,
            _ => f64::INFINITY,
        };
        let verify = (input.read("verify") == Value::Function).then(|| Questions::new(now));
        let redirect_if_blocked = input.read("whenBlocked").text() == "redirect";
        let mut flow = Flow { adapter, transaction, mode, phase: Phase::Opening, framed, address, watch: Watch::default(), verify, redirect_if_blocked, deadline };
        let effects = match mode {
            Mode::Popup => vec![Effect::Open(flow.address.clone().unwrap_or_default())],
            Mode::Redirect if framed => flow.fail(Code::RedirectError),
            Mode::Redirect => flow.launch(now),
        };
        Ok((flow, effects))
    }

    /// Takes up a remembered attempt after a redirect, a reload or an exit. It has no window.
    /// An expired or unreadable record is none.
    pub fn resume(transaction: Transaction, verify: bool, now: f64) -> Option<Flow> {
        let adapter = protocol::find(transaction.text(field::PROTOCOL))?;
        let live = !transaction.has_expired(now);
        live.then(|| {
            let verify = verify.then(|| Questions { left: Some(QUESTIONS_AFTER_REDIRECT), ..Questions::new(now) });
            Flow { verify, ..Flow::without_window(adapter, transaction) }
        })
    }

    /// Begins the refresh of a token (RFC 6749 section 6), which has neither window nor page.
    ///
    /// # Errors
    /// `invalid_options`, naming the option.
    pub fn refresh(input: &dyn Input) -> Result<(Flow, Effects), Failure> {
        let (adapter, transaction, form) = protocol::prepare_refresh(input)?;
        let flow = Flow { phase: Phase::Exchanging, ..Flow::without_window(adapter, transaction) };
        Ok((flow, vec![Effect::RequestToken(form)]))
    }

    fn without_window(adapter: &'static dyn Adapter, transaction: Transaction) -> Flow {
        Flow {
            adapter,
            transaction,
            mode: Mode::Redirect,
            phase: Phase::Waiting,
            framed: false,
            address: None,
            watch: Watch::default(),
            verify: None,
            redirect_if_blocked: false,
            deadline: f64::INFINITY,
        }
    }

    /// Whether the flow has ended.
    pub fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// What to do about what happened. `now` is milliseconds since 1970.
    pub fn step(&mut self, now: f64, event: Event, input: &dyn Input) -> Effects {
        let waiting = self.phase == Phase::Waiting;
        match event {
            _ if self.has_ended() => Vec::new(),
            Event::Opened => self.launch(now),
            Event::Blocked => self.block(now),
            Event::Resolved => self.resolve(input),
            Event::Unresolved => self.fail(Code::SourceFailed),
            Event::Tick(sight) => self.tick(now, sight),
            Event::Returned(url) if waiting => self.receive(input, url, true),
            Event::Relayed(url) if waiting => self.receive(input, url, false),
            Event::Message if waiting => self.judge(self.adapter.read_message(input, &self.transaction)),
            Event::Verified => self.finish(Outcome::Given, false),
            Event::Unverified => self.unverified(now, None),
            Event::VerifyFailed => self.unverified(now, Some(Code::VerifyFailed)),
            Event::TokenResponse => self.judge(protocol::read_token_response(input)),
            Event::NetworkFailed => self.fail(Code::NetworkError),
            Event::Exchanged => self.finish(Outcome::Given, false),
            Event::ExchangeFailed => self.fail(Code::ExchangeFailed),
            Event::Focus => self.focus(now),
            Event::Blur => {
                self.watch.blur();
                Vec::new()
            }
            Event::Restored if self.mode == Mode::Redirect => self.finish(Outcome::Exit, true),
            Event::Abort => self.fail(Code::Aborted),
            _ => Vec::new(),
        }
    }

    /// The window is open, or the page may be redirected: go to the provider if the address is known, and say so.
    fn launch(&mut self, now: f64) -> Effects {
        if self.phase != Phase::Opening {
            return Vec::new();
        }
        if let Some(questions) = &mut self.verify {
            questions.pause(now);
        }
        let (mut effects, started) = match self.address.take() {
            Some(url) => (self.depart(url, self.mode == Mode::Popup), true),
            None => {
                self.phase = Phase::Resolving;
                (vec![Effect::Resolve], false)
            }
        };
        let words = ["OPEN", "connect_opened", "OAUTH_STARTED"];
        effects.splice(0..0, words[..2].iter().map(|word| Effect::Emit(word)));
        if started {
            effects.push(Effect::Emit(words[2]));
        }
        effects
    }

    /// To the provider; a window that was opened at its address is there already.
    fn depart(&mut self, url: String, there_already: bool) -> Effects {
        self.phase = Phase::Waiting;
        self.watch.navigate();
        match self.mode {
            Mode::Popup if there_already => vec![Effect::Remember],
            Mode::Popup => vec![Effect::Remember, Effect::Navigate(url)],
            Mode::Redirect => vec![Effect::Redirect(url)],
        }
    }

    /// No window: redirect where the app allows it, but never a frame.
    fn block(&mut self, now: f64) -> Effects {
        if self.mode == Mode::Redirect {
            return self.fail(Code::RedirectError);
        }
        if !self.redirect_if_blocked || self.framed {
            return self.fail(Code::PopupBlocked);
        }
        self.mode = Mode::Redirect;
        self.transaction.replace(field::MODE, "redirect");
        self.launch(now)
    }

    fn resolve(&mut self, input: &dyn Input) -> Effects {
        if self.phase != Phase::Resolving {
            return Vec::new();
        }
        match self.adapter.address(input, &mut self.transaction, "") {
            Ok(url) => {
                let mut effects = self.depart(url, false);
                effects.push(Effect::Emit("OAUTH_STARTED"));
                effects
            }
            Err(failure) => self.finish(Outcome::Error(failure, Vec::new()), false),
        }
    }

    fn tick(&mut self, now: f64, sight: Sight) -> Effects {
        if now >= self.deadline {
            let late = self.phase == Phase::Waiting;
            return self.finish(Outcome::Error(Code::Timeout.into(), Vec::new()), late);
        }
        if self.phase == Phase::Exchanging {
            return Vec::new();
        }
        if let Presence::Gone { doubtful } = self.watch.look(now, sight) {
            return self.leave(now, doubtful);
        }
        match &mut self.verify {
            Some(questions) if self.phase == Phase::Waiting && now >= questions.next => questions.ask(),
            _ => Vec::new(),
        }
    }

    /// The window is gone: an exit, after one last question where there is someone to ask, and who answers in time.
    fn leave(&mut self, now: f64, doubtful: bool) -> Effects {
        let waiting = self.phase == Phase::Waiting;
        match self.verify.as_mut().filter(|_| waiting).map(|questions| (questions.give_up(now), questions)) {
            Some((give_up, questions)) if now < give_up => questions.ask_last(),
            _ => self.finish(Outcome::Exit, doubtful),
        }
    }

    fn unverified(&mut self, now: f64, failure: Option<Code>) -> Effects {
        let Some(questions) = &mut self.verify else { return Vec::new() };
        questions.asking = false;
        match (&mut questions.left, failure) {
            (Some(0), Some(code)) => self.fail(code),
            (Some(0), None) => self.finish(Outcome::Exit, true),
            (left, _) => {
                if let Some(left) = left {
                    *left -= 1;
                }
                questions.pause(now);
                if self.watch.out_of_sight() && questions.left.is_some() { questions.ask() } else { Vec::new() }
            }
        }
    }

    fn focus(&mut self, now: f64) -> Effects {
        self.watch.focus(now);
        match &mut self.verify {
            Some(questions) if self.phase == Phase::Waiting => questions.ask(),
            _ => Vec::new(),
        }
    }

    /// A URL came back. One that only claims to be this attempt's must prove it by the state, unless the window is out of
    /// sight and the protocol has no state of its own.
    fn receive(&mut self, input: &dyn Input, url: &str, own: bool) -> Effects {
        let response = Response::parse(url);
        if !own && !self.proves_state(&response) && !self.watch.out_of_sight() {
            return Vec::new();
        }
        match self.adapter.read_response(input, &self.transaction, &response) {
            Verdict::Failure(failure, _) if !own && failure.code == Code::StateMismatch.name() => Vec::new(),
            verdict => self.judge(verdict),
        }
    }

    fn proves_state(&self, response: &Response) -> bool {
        let state = Some(self.transaction.state.as_str());
        let bound = self.transaction.fields.get(field::BOUND);
        [&response.query, &response.fragment].iter().any(|params| {
            params.get("state") == state || params.get("connect_state") == state || (bound.is_some() && params.get("state") == bound)
        })
    }

    fn judge(&mut self, verdict: Verdict) -> Effects {
        match verdict {
            Verdict::Foreign => Vec::new(),
            Verdict::Success(steps) => self.finish(Outcome::Success(steps), false),
            Verdict::Failure(failure, details) => self.finish(Outcome::Error(failure, details), false),
            Verdict::Code(code) => self.exchange(code),
        }
    }

    /// The code is used once: the record is taken away before anything is awaited.
    fn exchange(&mut self, code: String) -> Effects {
        self.phase = Phase::Exchanging;
        let request = if self.transaction.text(field::EXCHANGE).is_empty() {
            Effect::RequestToken(protocol::token_request(&self.transaction, &code))
        } else {
            Effect::Exchange(code)
        };
        vec![Effect::CloseWindow, request]
    }

    fn fail(&mut self, code: Code) -> Effects {
        self.finish(Outcome::Error(code.into(), Vec::new()), false)
    }

    fn finish(&mut self, outcome: Outcome, late: bool) -> Effects {
        self.phase = Phase::Ended;
        let mut effects = Vec::new();
        match outcome {
            Outcome::Exit => effects.push(Effect::Emit("EXIT")),
            Outcome::Error(..) => {}
            _ => effects.push(Effect::Emit("OAUTH_COMPLETE")),
        }
        effects.push(Effect::Finish { outcome, late });
        effects
    }
}

impl Questions {
    fn new(now: f64) -> Questions {
        Questions { asking: false, next: now, delay: FIRST_PAUSE, left: None, patience: None }
    }

    fn ask(&mut self) -> Effects {
        if self.asking {
            return Vec::new();
        }
        self.asking = true;
        vec![Effect::Verify]
    }

    /// The window is gone. An answer that is still on its way was asked for before that, so it is not the last.
    fn ask_last(&mut self) -> Effects {
        if self.left.is_none() {
            self.left = Some(u32::from(self.asking));
        }
        self.ask()
    }

    fn give_up(&mut self, now: f64) -> f64 {
        *self.patience.get_or_insert(now + PATIENCE)
    }

    fn pause(&mut self, now: f64) {
        self.next = now + self.delay;
        self.delay = LONGEST_PAUSE.min(self.delay * 1.5);
    }
}

/// The options that every protocol has.
fn check_common(input: &dyn Input) -> Result<(), Failure> {
    for name in ["onSuccess", "onError", "onExit", "onEvent", "verify", "exchange"] {
        check(name, matches!(input.read(name), Value::Absent | Value::Function))?;
    }
    for (name, words) in [("mode", ["auto", "popup", "redirect"].as_slice()), ("whenBlocked", &["error", "redirect"])] {
        let value = input.read(name);
        check(name, value == Value::Absent || words.contains(&value.text().as_str()))?;
    }
    check("timeout", matches!(input.read("timeout"), Value::Absent | Value::Number(_)))
}

fn check(name: &str, holds: bool) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure::option(name)) }
}

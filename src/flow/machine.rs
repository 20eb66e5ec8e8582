//! The flow as a machine without input or output: [`Flow::step`] takes what happened and answers what to do.
//!
//! click → mode → open → return → validate → outcome. Whatever the order of events, a flow ends at most once, and an ended
//! flow answers nothing more.

use super::mode::{Device, Mode, decide_mode};
use super::page::{Held, Kind, Page, Place};
use super::watch::{Presence, Sight, Watch};
use super::{pkce, transaction};
use crate::error::{Code, InvalidOption};
use crate::protocol::{self, Protocol, Verdict};
use crate::text::{Text, text};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Time passed, and the window is on its first, empty document (or there is none).
    Blank,
    /// Time passed, and the window is on another origin.
    Away,
    /// Time passed, and the window's `closed` reads true.
    Closed,
    /// The window stands open.
    Opened,
    /// The browser refused the window, or the redirect.
    Blocked,
    /// The app's `token` or `link` is the object at hand.
    Resolved,
    /// The app's `token` or `link` failed.
    Unresolved,
    /// The returned URL is at hand: this flow's own window is there, or handed it over.
    Returned,
    /// The returned URL is at hand, from a page of the app that is not known to be this flow's window.
    Relayed,
    /// A message that the provider's page posted is the object at hand.
    Message,
    /// `verify` answered a result.
    Verified,
    /// `verify` answered that there is none yet.
    Unverified,
    /// `verify` rejected.
    VerifyFailed,
    /// The token endpoint's answer is the object at hand.
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

impl Event {
    /// The events in their order, which the page counts by.
    pub const ALL: [Event; 21] = [
        Event::Blank,
        Event::Away,
        Event::Closed,
        Event::Opened,
        Event::Blocked,
        Event::Resolved,
        Event::Unresolved,
        Event::Returned,
        Event::Relayed,
        Event::Message,
        Event::Verified,
        Event::Unverified,
        Event::VerifyFailed,
        Event::TokenResponse,
        Event::NetworkFailed,
        Event::Exchanged,
        Event::ExchangeFailed,
        Event::Focus,
        Event::Blur,
        Event::Restored,
        Event::Abort,
    ];
}

/// What to do: a set, done in the order of its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effects(pub i32);

impl Effects {
    /// Nothing.
    pub const NONE: Effects = Effects(0);
    /// Open the window at the flow's address, or blank where there is none yet; `Opened` or `Blocked` follows.
    pub const OPEN: Effects = Effects(1);
    /// Tell `onEvent` that the window is open, in both vocabularies.
    pub const TELL_OPEN: Effects = Effects(1 << 1);
    /// Remember the transaction of a window.
    pub const REMEMBER: Effects = Effects(1 << 2);
    /// Send the open window to the flow's address.
    pub const NAVIGATE: Effects = Effects(1 << 3);
    /// Remember the transaction and send the page to the flow's address; `Blocked` follows where that is refused.
    pub const REDIRECT: Effects = Effects(1 << 4);
    /// Tell `onEvent` that the user is on the way to the provider.
    pub const TELL_STARTED: Effects = Effects(1 << 5);
    /// Get the app's `token` or `link`; `Resolved` or `Unresolved` follows.
    pub const RESOLVE: Effects = Effects(1 << 6);
    /// Ask the app's `verify`; `Verified`, `Unverified` or `VerifyFailed` follows.
    pub const VERIFY: Effects = Effects(1 << 7);
    /// The response is here: forget the transaction and close the window.
    pub const CLOSE_WINDOW: Effects = Effects(1 << 8);
    /// Post the flow's address, a form, to the token endpoint; `TokenResponse` or `NetworkFailed` follows.
    pub const REQUEST_TOKEN: Effects = Effects(1 << 9);
    /// Give the code to the app's `exchange`; `Exchanged` or `ExchangeFailed` follows.
    pub const EXCHANGE: Effects = Effects(1 << 10);
    /// Tell `onEvent` that there is a result.
    pub const TELL_COMPLETE: Effects = Effects(1 << 11);
    /// Tell `onEvent` that the user left.
    pub const TELL_EXIT: Effects = Effects(1 << 12);
    /// End with the result that the page has put together.
    pub const SUCCEED: Effects = Effects(1 << 13);
    /// End with what the app's `verify` or `exchange` answered.
    pub const GIVE: Effects = Effects(1 << 14);
    /// End with the error that the page has.
    pub const FAIL: Effects = Effects(1 << 15);
    /// End: the user closed the window or came back.
    pub const EXIT: Effects = Effects(1 << 16);
    /// Together with an end: keep the remembered transaction, because a result may come after all.
    pub const LATE: Effects = Effects(1 << 17);
    /// The effects that end a flow.
    pub const ENDS: Effects = Effects(0b1111 << 13);

    /// Whether all of `other` is in this set.
    pub fn contains(self, other: Effects) -> bool {
        self.0 & other.0 == other.0
    }
}

impl core::ops::BitOr for Effects {
    type Output = Effects;

    fn bitor(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }
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
#[derive(Clone, Copy)]
pub struct Flow {
    protocol: Protocol,
    mode: Mode,
    framed: bool,
    phase: Phase,
    is_promised: bool,
    redirects_if_blocked: bool,
    deadline: f64,
    watch: Watch,
    verify: Option<Questions>,
}

/// When to ask `verify`.
#[derive(Clone, Copy)]
struct Questions {
    asking: bool,
    next: f64,
    pause: f64,
    /// How many are left before an unanswered flow exits; `None` while the window may still be there.
    left: Option<u32>,
    /// When an answer that does not come is waited for no longer.
    patience: f64,
}

/// The pause between questions grows by half, in milliseconds.
const FIRST_PAUSE: f64 = 600.0;
const LONGEST_PAUSE: f64 = 5000.0;

/// How long the last question's answer is waited for, in milliseconds.
const PATIENCE: f64 = 15_000.0;

/// Questions after a redirect, where the window's close cannot be awaited and a webhook may be on its way.
const QUESTIONS_AFTER_REDIRECT: u32 = 4;

const MINUTE: f64 = 60_000.0;

impl Flow {
    /// Reads the options, which are the object at hand. Invalid options are an ended flow and `FAIL`.
    pub fn begin(page: impl Page, device: Device, now: f64) -> (Flow, Effects) {
        let mut flow = Flow {
            framed: device.framed,
            phase: Phase::Opening,
            ..Flow::without_window(Protocol::AlterConnect)
        };
        let effects = flow
            .prepare(page, device, now)
            .unwrap_or_else(|invalid| flow.refuse(page, invalid));
        (flow, effects)
    }

    fn prepare(
        &mut self,
        page: impl Page,
        device: Device,
        now: f64,
    ) -> Result<Effects, InvalidOption> {
        let name = page.read(text!("protocol"));
        self.protocol = Protocol::find(page, name).ok_or(InvalidOption(text!("protocol")))?;
        check_common(page)?;
        let mode = page.read(text!("mode"));
        self.mode = match () {
            () if page.is(mode, text!("popup")) => Mode::Popup,
            () if page.is(mode, text!("redirect")) => Mode::Redirect,
            () => decide_mode(device),
        };
        page.note(
            transaction::PROTOCOL,
            name.or(page.hold(protocol::PROTOCOLS[0].0)),
        );
        page.note(transaction::STATE, page.hold_made(&pkce::generate(page)));
        page.note(
            transaction::EXPIRES,
            page.hold_number(now + f64::from(self.protocol.lifetime()) * MINUTE),
        );
        self.note_mode(page);
        self.protocol.prepare(page)?;
        self.prepare_source(page)?;
        let timeout = page.read(text!("timeout"));
        if timeout.is_some() {
            self.deadline = now + page.number(timeout);
        }
        self.verify = page
            .read(text!("verify"))
            .is_some()
            .then(|| Questions::new(now));
        self.redirects_if_blocked = page.is(page.read(text!("whenBlocked")), text!("redirect"));
        Ok(match self.mode {
            Mode::Popup => Effects::OPEN,
            Mode::Redirect if self.framed => self.fail(page, Code::RedirectError),
            Mode::Redirect => self.depart_or_resolve(now),
        })
    }

    /// Makes the address of a `token` or `link` that is there, or notes that it is promised.
    fn prepare_source(&mut self, page: impl Page) -> Result<(), InvalidOption> {
        let Some(name) = self.protocol.source() else {
            return Ok(());
        };
        let source = page.read(name);
        let kind = page.kind(source);
        if kind == Kind::Function {
            page.note(transaction::HANDED_OUT, page.hold(text!("1")));
        }
        self.is_promised = kind == Kind::Function || kind == Kind::Promise;
        if self.is_promised {
            return Ok(());
        }
        self.protocol.build_address(page, source)
    }

    fn note_mode(&self, page: impl Page) {
        page.note(
            transaction::MODE,
            page.hold(if self.mode == Mode::Popup {
                text!("popup")
            } else {
                text!("redirect")
            }),
        );
    }

    /// Takes up the attempt that the flow's transaction remembers, after a redirect, a reload or an exit. It has no window.
    /// An expired or unreadable record is an ended flow.
    pub fn resume(page: impl Page, verify: bool, now: f64) -> Flow {
        let found = Protocol::find(page, page.noted(transaction::PROTOCOL));
        let mut flow = Flow::without_window(found.unwrap_or(Protocol::AlterConnect));
        if found.is_none() || transaction::has_expired(page, now) {
            flow.phase = Phase::Ended;
        }
        flow.verify = verify.then(|| Questions {
            left: Some(QUESTIONS_AFTER_REDIRECT),
            patience: now + 2.0 * PATIENCE,
            ..Questions::new(now)
        });
        flow
    }

    /// Begins the refresh of a token (RFC 6749 section 6), which has neither window nor redirect.
    pub fn refresh(page: impl Page) -> (Flow, Effects) {
        let mut flow = Flow {
            phase: Phase::Exchanging,
            ..Flow::without_window(Protocol::Code)
        };
        let effects = match protocol::prepare_refresh(page) {
            Ok(()) => Effects::REQUEST_TOKEN,
            Err(invalid) => flow.refuse(page, invalid),
        };
        (flow, effects)
    }

    fn without_window(protocol: Protocol) -> Flow {
        Flow {
            protocol,
            mode: Mode::Redirect,
            framed: false,
            phase: Phase::Waiting,
            is_promised: false,
            redirects_if_blocked: false,
            deadline: f64::INFINITY,
            watch: Watch::default(),
            verify: None,
        }
    }

    /// Whether the flow has ended.
    pub fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// What to do about what happened. `now` is milliseconds since 1970.
    pub fn step(&mut self, page: impl Page, now: f64, event: Event) -> Effects {
        if self.has_ended() {
            return Effects::NONE;
        }
        let waiting = self.phase == Phase::Waiting;
        match event {
            Event::Blank => self.tick(page, now, Sight::Blank),
            Event::Away => self.tick(page, now, Sight::Away),
            Event::Closed => self.tick(page, now, Sight::Closed),
            Event::Opened if self.phase == Phase::Opening => {
                Effects::TELL_OPEN | self.depart_or_resolve(now)
            }
            Event::Blocked => self.block(page, now),
            Event::Resolved if self.phase == Phase::Resolving => self.resolve(page),
            Event::Unresolved => self.fail(page, Code::SourceFailed),
            Event::Returned if waiting => self.receive(page, true),
            Event::Relayed if waiting => self.receive(page, false),
            Event::Message if waiting => self.judge(page, self.protocol.read_message(page)),
            Event::Verified | Event::Exchanged => self.end(Effects::TELL_COMPLETE | Effects::GIVE),
            Event::Unverified if waiting => self.unverified(page, now, None),
            Event::VerifyFailed if waiting => self.unverified(page, now, Some(Code::VerifyFailed)),
            Event::TokenResponse => self.judge(page, protocol::read_token_response(page)),
            Event::NetworkFailed => self.fail(page, Code::NetworkError),
            Event::ExchangeFailed => self.fail(page, Code::ExchangeFailed),
            Event::Focus => self.focus(now),
            Event::Blur => {
                self.watch.blur();
                Effects::NONE
            }
            Event::Restored if self.mode == Mode::Redirect => self.exit(),
            Event::Abort => self.fail(page, Code::Aborted),
            _ => Effects::NONE,
        }
    }

    /// To the provider where the address is known, or to the app for it. A window that was opened at its address is there.
    fn depart_or_resolve(&mut self, now: f64) -> Effects {
        if let Some(questions) = &mut self.verify {
            questions.wait(now);
        }
        if self.is_promised {
            self.phase = Phase::Resolving;
            return Effects::RESOLVE;
        }
        self.depart(Effects::NONE)
    }

    fn depart(&mut self, navigate: Effects) -> Effects {
        self.phase = Phase::Waiting;
        self.watch.navigate();
        let go = if self.mode == Mode::Popup {
            Effects::REMEMBER | navigate
        } else {
            Effects::REDIRECT
        };
        go | Effects::TELL_STARTED
    }

    /// No window: redirect where the app allows it, but never a frame.
    fn block(&mut self, page: impl Page, now: f64) -> Effects {
        if self.mode == Mode::Redirect {
            return self.fail(page, Code::RedirectError);
        }
        if !self.redirects_if_blocked || self.framed {
            return self.fail(page, Code::PopupBlocked);
        }
        self.mode = Mode::Redirect;
        self.note_mode(page);
        self.depart_or_resolve(now)
    }

    fn resolve(&mut self, page: impl Page) -> Effects {
        match self.protocol.build_address(page, page.read(text!(""))) {
            Ok(()) => self.depart(Effects::NAVIGATE),
            Err(invalid) => self.refuse(page, invalid),
        }
    }

    fn tick(&mut self, page: impl Page, now: f64, sight: Sight) -> Effects {
        let waiting = self.phase == Phase::Waiting;
        if now >= self.deadline {
            let late = if waiting {
                Effects::LATE
            } else {
                Effects::NONE
            };
            return self.fail(page, Code::Timeout) | late;
        }
        if self.phase == Phase::Exchanging {
            return Effects::NONE;
        }
        let presence = self.watch.look(now, sight);
        let questions = self.verify.as_mut().filter(|_| waiting);
        match (presence, questions) {
            (Presence::Gone, None) => self.exit(),
            (Presence::Gone, Some(questions)) => {
                questions.ask_last(now).unwrap_or_else(|| self.exit())
            }
            (Presence::There, Some(questions)) if now >= questions.patience => self.exit(),
            (Presence::There, Some(questions)) if now >= questions.next => questions.ask(),
            _ => Effects::NONE,
        }
    }

    fn unverified(&mut self, page: impl Page, now: f64, failure: Option<Code>) -> Effects {
        let out_of_sight = self.watch.out_of_sight();
        let Some(questions) = &mut self.verify else {
            return Effects::NONE;
        };
        questions.asking = false;
        questions.wait(now);
        match (&mut questions.left, failure) {
            (Some(0), Some(code)) => self.fail(page, code),
            (Some(0), None) => self.exit(),
            (Some(left), _) => {
                *left -= 1;
                if out_of_sight {
                    questions.ask()
                } else {
                    Effects::NONE
                }
            }
            _ => Effects::NONE,
        }
    }

    fn focus(&mut self, now: f64) -> Effects {
        self.watch.focus(now);
        match &mut self.verify {
            Some(questions) if self.phase == Phase::Waiting => questions.ask(),
            _ => Effects::NONE,
        }
    }

    /// A URL came back. One that only claims to be this attempt's must prove it by the state, unless the window is out of
    /// sight (or lost, in a flow that was taken up again) and the protocol has no state of its own; and it can never fail a flow by another state.
    fn receive(&mut self, page: impl Page, own: bool) -> Effects {
        let in_sight = self.mode == Mode::Popup && !self.watch.out_of_sight();
        if !own && in_sight && !has_own_state(page) {
            return Effects::NONE;
        }
        match self.protocol.read_response(page) {
            Verdict::Invalid(Code::StateMismatch) if !own => Effects::NONE,
            verdict => self.judge(page, verdict),
        }
    }

    fn judge(&mut self, page: impl Page, verdict: Verdict) -> Effects {
        match verdict {
            Verdict::Foreign => Effects::NONE,
            Verdict::Success => self.end(Effects::TELL_COMPLETE | Effects::SUCCEED),
            Verdict::Invalid(code) => self.fail(page, code),
            Verdict::Refused => self.end(Effects::FAIL),
            Verdict::Code => self.exchange(page),
        }
    }

    /// The code is used once: the record is taken away before anything is awaited.
    fn exchange(&mut self, page: impl Page) -> Effects {
        self.phase = Phase::Exchanging;
        protocol::prepare_token_request(page, page.parameter(Place::Query, text!("code")));
        let by_app = page.noted(transaction::EXCHANGE).is_some();
        Effects::CLOSE_WINDOW
            | if by_app {
                Effects::EXCHANGE
            } else {
                Effects::REQUEST_TOKEN
            }
    }

    fn exit(&mut self) -> Effects {
        let late = if self.watch.is_doubtful() || self.mode == Mode::Redirect {
            Effects::LATE
        } else {
            Effects::NONE
        };
        self.end(Effects::TELL_EXIT | Effects::EXIT | late)
    }

    fn fail(&mut self, page: impl Page, code: Code) -> Effects {
        self.fail_by(page, code, None)
    }

    fn refuse(&mut self, page: impl Page, InvalidOption(name): InvalidOption) -> Effects {
        self.fail_by(page, Code::InvalidOptions, Some(name))
    }

    fn fail_by(&mut self, page: impl Page, code: Code, option: Option<Text>) -> Effects {
        page.fail(code.text(), code.text().sentence(), option);
        self.end(Effects::FAIL)
    }

    fn end(&mut self, effects: Effects) -> Effects {
        self.phase = Phase::Ended;
        effects
    }
}

impl Questions {
    fn new(now: f64) -> Questions {
        Questions {
            asking: false,
            next: now,
            pause: FIRST_PAUSE,
            left: None,
            patience: f64::INFINITY,
        }
    }

    fn ask(&mut self) -> Effects {
        if self.asking {
            return Effects::NONE;
        }
        self.asking = true;
        Effects::VERIFY
    }

    /// The window is gone. An answer that is still on its way was asked for before that, so it is not the last. `None` when
    /// the last one has been waited for long enough.
    fn ask_last(&mut self, now: f64) -> Option<Effects> {
        if self.left.is_none() {
            self.left = Some(u32::from(self.asking));
        }
        self.patience = self.patience.min(now + PATIENCE);
        (now < self.patience).then(|| self.ask())
    }

    fn wait(&mut self, now: f64) {
        self.next = now + self.pause;
        self.pause = LONGEST_PAUSE.min(self.pause * 1.5);
    }
}

/// Whether the returned URL carries this attempt's state, or the one that the app bound by itself.
fn has_own_state(page: impl Page) -> bool {
    let matches = |parameter, field| {
        let own = page.noted(field);
        own.is_some()
            && (page.same(own, page.parameter(Place::Query, parameter))
                || page.same(own, page.parameter(Place::Fragment, parameter)))
    };
    matches(text!("state"), transaction::STATE)
        || matches(text!("connect_state"), transaction::STATE)
        || matches(text!("state"), transaction::BOUND)
}

/// The options that every protocol has.
fn check_common(page: impl Page) -> Result<(), InvalidOption> {
    let is_one_of = |value, words: [Text; 3]| {
        value == Held::NONE || words.iter().any(|&word| page.is(value, word))
    };
    for &name in &[
        text!("onSuccess"),
        text!("onError"),
        text!("onExit"),
        text!("onEvent"),
        text!("verify"),
        text!("exchange"),
    ] {
        check(
            matches!(page.kind(page.read(name)), Kind::Absent | Kind::Function),
            name,
        )?;
    }
    check(
        is_one_of(
            page.read(text!("mode")),
            [text!("auto"), text!("popup"), text!("redirect")],
        ),
        text!("mode"),
    )?;
    check(
        is_one_of(
            page.read(text!("whenBlocked")),
            [text!("error"), text!("redirect"), text!("redirect")],
        ),
        text!("whenBlocked"),
    )?;
    check(
        matches!(
            page.kind(page.read(text!("timeout"))),
            Kind::Absent | Kind::Number
        ),
        text!("timeout"),
    )
}

fn check(holds: bool, option: Text) -> Result<(), InvalidOption> {
    if holds {
        Ok(())
    } else {
        Err(InvalidOption(option))
    }
}

//! The flow as a machine without input or output: [`Flow::step`] takes what happened and answers what to do.
//!
//! click → mode → open → return → validate → outcome → callback. Whatever the order of events, the app hears of one outcome
//! at most, and perhaps of a late result; an ended flow answers nothing more.

use super::mode::{Device, Mode, choose_mode};
use super::questions::{Due, Questions};
use super::response::{ResponseUrl, Via};
use super::transaction::Transaction;
use super::watch::{LOOKS, Presence, Sight, Watch};
use crate::error::{Code, Failure};
use crate::options::{CommonOptions, Fields, Rules};
use crate::protocol::{
    Obtained, Protocol, Registry, Target, TokenAnswer, TokenRequest, Verdict, find_protocol,
    grant_for_app, read_token_answer,
};
use crate::result::{Outcome, Success};
use crate::secret::Secret;
use crate::value::Value;
use crate::world::World;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Time passed.
    Looked {
        /// What is seen of the window; [`Sight::Blank`] where there is none.
        sight: Sight,
        /// Whether the page has the focus.
        has_focus: bool,
    },
    /// The window stands open.
    Opened,
    /// The browser refused the window, or the redirect.
    Blocked,
    /// The app's `token` or `link` is here.
    Source(Value),
    /// The app's `token` or `link` failed.
    SourceFailed,
    /// A URL came back.
    Returned(Box<ResponseUrl>, Via),
    /// The provider's page posted a message.
    Message(Value),
    /// `verify` answered a result.
    Verified,
    /// `verify` answered that there is none yet.
    Unverified,
    /// `verify` rejected.
    VerifyFailed,
    /// The token endpoint answered.
    TokenAnswer(TokenAnswer),
    /// The token endpoint could not be reached or read.
    NetworkFailed,
    /// The app's `exchange` answered.
    Exchanged,
    /// The app's `exchange` rejected.
    ExchangeFailed,
    /// The app's window was given the focus.
    Focused,
    /// The app's window lost the focus.
    Blurred,
    /// The page that a redirect was to leave is still here: it came out of the back/forward cache, or it never left and was clicked again.
    CameBack,
    /// The app brings its `verify` for an attempt of an earlier page's, and waits for an outcome again.
    VerifyBrought,
    /// The app aborted.
    Aborted,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open the window at this URL, or blank where it is not known yet; `Opened` or `Blocked` follows, or, where the user has
    /// closed it by then, a look that says so.
    Open(Option<Secret>),
    /// Remember the attempt of a window.
    Remember,
    /// Send the open window to this URL.
    Navigate(Secret),
    /// Remember the attempt and send the page to this URL; `Blocked` follows where that is refused.
    Redirect(Secret),
    /// Tell `onEvent` of a milestone.
    Tell(Milestone),
    /// Get what the app gives by this option, its `token` or `link`; `Source` or `SourceFailed` follows.
    AskSource(&'static str),
    /// Ask the app's `verify`; `Verified`, `Unverified` or `VerifyFailed` follows.
    AskVerify,
    /// Forget the attempt, whose one response is here, and close its window.
    UseUp,
    /// Ask the token endpoint; `TokenAnswer` or `NetworkFailed` follows.
    RequestToken(Box<TokenRequest>),
    /// Give the code to the app's `exchange`; `Exchanged` or `ExchangeFailed` follows.
    Exchange(Value),
    /// Tell the app this outcome, but go on: a result may come after all.
    Detach(Outcome),
    /// Tell the app this outcome; nothing more will come.
    End(Outcome),
}

/// The steps that `onEvent` hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// The window is open.
    Opened,
    /// The user is on the way to the provider.
    Started,
    /// There is a result.
    Complete,
    /// The user left.
    Exit,
}

impl Milestone {
    /// Its names: Alter's documentation has one vocabulary, its published package another.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Milestone::Opened => &["OPEN", "connect_opened"],
            Milestone::Started => &["OAUTH_STARTED"],
            Milestone::Complete => &["OAUTH_COMPLETE"],
            Milestone::Exit => &["EXIT"],
        }
    }
}

/// What a flow begins with, besides the app's options.
pub struct Surroundings<'a> {
    /// The world.
    pub world: &'a dyn World,
    /// The systems to choose from.
    pub registry: Registry,
    /// The page's origin.
    pub own_origin: String,
    /// What the page can see of the device.
    pub device: Device,
    /// When the click was, by the world's uptime: it may have waited for its core.
    pub clicked: f64,
    /// Whether nothing was opened in the click because `auto` meant a redirect then: now it is too late for a window.
    pub is_left_to_redirect: bool,
    /// Whether plain http to another machine is let through.
    pub allow_insecure: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// How the user is sent to the provider.
struct Departure {
    /// Where to, as far as the options said it.
    target: Target,
    /// The page's origin.
    own_origin: String,
    /// Whether plain http to another machine is let through.
    allow_insecure: bool,
    /// Whether a blocked window becomes a redirect.
    redirects_if_blocked: bool,
}

/// The state machine of one attempt.
pub struct Flow {
    transaction: Box<Transaction>,
    protocol: &'static dyn Protocol,
    phase: Phase,
    /// How the user is sent to the provider; none in a flow that is taken up again, whose user was sent already.
    departure: Option<Departure>,
    /// The app has its outcome; what comes now is told to whoever listens.
    is_detached: bool,
    deadline: Option<f64>,
    watch: Watch,
    questions: Option<Questions>,
    /// What to do about what is happening.
    effects: Vec<Effect>,
}

const MINUTE: f64 = 60_000.0;

/// The system that the options name, or the default.
fn choose_protocol(
    options: &dyn Fields,
    registry: Registry,
) -> Result<&'static dyn Protocol, Box<Failure>> {
    let name = options.get("protocol");
    match name.as_str() {
        Some(name) => find_protocol(registry, name),
        None => registry.first().copied().filter(|_| !name.is_given()),
    }
    .ok_or_else(|| Failure::of_option("protocol"))
}

/// Where the user is sent to, as far as the options say it: a token or link that is there already makes a URL at once.
fn find_target(
    protocol: &dyn Protocol,
    options: &dyn Fields,
    transaction: &mut Transaction,
    rules: Rules,
) -> Result<Target, Box<Failure>> {
    let target = protocol.request(options, transaction, rules)?;
    let Target::Source {
        option,
        base,
        build_url,
    } = &target
    else {
        return Ok(target);
    };
    match options.get(option) {
        Value::Function => transaction.handed_out = true,
        Value::Promise => {}
        source => {
            let url = build_url(base, &source, transaction, rules)?;
            return Ok(Target::Url(url));
        }
    }
    Ok(target)
}

impl Flow {
    /// Reads the app's options, decides the mode, and says what to do first. Where an option cannot be used, no flow begins, and the
    /// error names it.
    pub fn begin(
        options: &dyn Fields,
        surroundings: Surroundings,
    ) -> Result<(Box<Flow>, Vec<Effect>), Box<Failure>> {
        let Surroundings {
            world,
            registry,
            own_origin,
            device,
            clicked,
            is_left_to_redirect,
            allow_insecure,
        } = surroundings;
        let protocol = choose_protocol(options, registry)?;
        let common = CommonOptions::read(options)?;
        let mode = choose_mode(&common, &device, is_left_to_redirect);
        let now = world.uptime();
        let expires = world.time() + protocol.lifetime() * MINUTE;
        let mut transaction = Transaction::new(Secret::generate(world), protocol.name(), expires);
        transaction.mode = mode;
        transaction.is_framed = device.is_framed;
        transaction.verifies = common.verifies;
        let rules = Rules {
            world,
            own_origin: &own_origin,
            allow_insecure,
        };
        let target = find_target(protocol, options, &mut transaction, rules)?;
        let mut flow = Box::new(Flow {
            transaction,
            protocol,
            phase: Phase::Opening,
            departure: Some(Departure {
                target,
                own_origin,
                allow_insecure,
                redirects_if_blocked: common.redirects_if_blocked,
            }),
            is_detached: false,
            deadline: common.timeout.map(|timeout| clicked + timeout),
            watch: Watch::default(),
            questions: common.verifies.then(|| Questions::new(now)),
            effects: Vec::new(),
        });
        match mode {
            Mode::Popup => flow.effects.push(Effect::Open(flow.known_url())),
            Mode::Redirect if flow.transaction.is_framed => flow.fail(Code::RedirectError),
            Mode::Redirect => flow.depart_or_ask(now),
        }
        let effects = flow.take_effects();
        Ok((flow, effects))
    }

    /// Takes up a remembered attempt, after a redirect or a reload. It has no window, and no `verify` until the app brings it. None where
    /// its protocol is unknown.
    pub fn resume(transaction: Box<Transaction>, registry: Registry) -> Option<Box<Flow>> {
        Some(Box::new(Flow {
            protocol: find_protocol(registry, &transaction.protocol)?,
            is_detached: transaction.mode == Mode::Popup,
            transaction,
            phase: Phase::Waiting,
            departure: None,
            deadline: None,
            watch: Watch::default(),
            questions: None,
            effects: Vec::new(),
        }))
    }

    /// What is remembered of the attempt.
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// Whether the flow has ended.
    pub fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// Whether the app has its outcome, and what comes now is told to whoever listens.
    pub fn is_detached(&self) -> bool {
        self.is_detached
    }

    /// Whether a window that looks closed now may live, out of sight.
    pub fn may_window_live(&self, world: &dyn World) -> bool {
        self.transaction.mode == Mode::Popup && self.watch.may_live(world.uptime())
    }

    /// Whether the app's `verify` is here to be asked. After a redirect or a reload it is not, until the app brings it again: whether
    /// the attempt was begun with one, the transaction knows.
    pub fn has_verify(&self) -> bool {
        self.questions.is_some()
    }

    /// Whether an answer is waited for.
    pub fn is_waiting(&self) -> bool {
        self.phase == Phase::Waiting
    }

    /// Whether the app's token or link is waited for.
    pub fn is_resolving(&self) -> bool {
        self.phase == Phase::Resolving
    }

    /// Whether the app has its outcome, and nothing can come any more.
    pub fn is_spent(&self, world: &dyn World) -> bool {
        self.is_detached && self.is_waiting() && self.transaction.has_expired(world.time())
    }

    /// Whether the page was sent away by a redirect, though it may still be here for a moment, and the app has no outcome yet.
    pub fn has_left(&self) -> bool {
        let is_redirect = self.transaction.mode == Mode::Redirect;
        is_redirect && self.is_waiting() && self.watch.was_sent() && !self.is_detached
    }

    /// Whether a window was sent to a page and was not seen on one yet, or came there so lately that the page may send it on.
    pub fn is_on_the_way(&self, world: &dyn World) -> bool {
        self.transaction.mode == Mode::Popup && self.watch.is_on_the_way(world.uptime())
    }

    /// Whether what the window has posted may still be on its way, though it is closed or severed by now. Once the app has its outcome,
    /// looks are rare: there one that sees it so is enough.
    pub fn was_just_in_sight(&self) -> bool {
        let looks = if self.is_detached { 1 } else { LOOKS };
        self.watch.closed_looks() < looks
    }

    /// Whether the window was seen to be closed, or severed.
    pub fn is_out_of_sight(&self) -> bool {
        self.watch.is_out_of_sight()
    }

    /// What to do about what happened.
    pub fn step(&mut self, event: Event, world: &dyn World) -> Vec<Effect> {
        self.heed(&event, world);
        self.take_effects()
    }

    fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Each event counts in the phases that it is listed with. What comes at another time comes too late, or is nobody's.
    fn heed(&mut self, event: &Event, world: &dyn World) {
        let now = world.uptime();
        match (self.phase, event) {
            (Phase::Ended, _) => {}
            (_, Event::VerifyBrought) => {
                // A window of an earlier page's may still be there.
                if std::mem::take(&mut self.is_detached) {
                    self.watch.depart();
                }
                self.questions = Some(Questions::after_redirect(now));
            }
            // A page that is about to leave cannot be held back, and may be answered.
            (_, Event::Aborted) => self.give_up(Code::Aborted, self.has_left()),
            _ if self.is_spent(world) => {}
            (_, Event::Looked { sight, has_focus }) => {
                if self.watch.find_focus(*has_focus) {
                    self.focus(now);
                }
                if self.is_detached {
                    self.look_after(now, *sight);
                } else {
                    self.look(now, *sight);
                }
            }
            (_, Event::Focused) => self.focus(now),
            (_, Event::Blurred) => self.watch.blur(),

            (Phase::Opening, Event::Opened) => {
                self.effects.push(Effect::Tell(Milestone::Opened));
                self.depart_or_ask(now);
            }
            (Phase::Opening, Event::Blocked) => self.block(now),

            (Phase::Resolving, Event::Source(source)) => self.resolve(source, world),
            (Phase::Resolving, Event::SourceFailed) => self.fail(Code::SourceFailed),

            (Phase::Waiting, Event::Blocked) if self.has_left() => self.block(now),
            (Phase::Waiting, Event::CameBack) if self.has_left() => self.exit(),
            (Phase::Waiting, Event::Returned(response, via)) => self.receive(response, *via, world),
            (Phase::Waiting, Event::Message(message)) => {
                let verdict = self.protocol.message(message, &self.transaction, world);
                self.judge(verdict)
            }
            (Phase::Waiting, Event::Verified) => self.succeed(Success::Verified),
            (Phase::Waiting, Event::Unverified) => self.stay_unverified(now, None),
            (Phase::Waiting, Event::VerifyFailed) => {
                self.stay_unverified(now, Some(Code::VerifyFailed))
            }

            (Phase::Exchanging, Event::TokenAnswer(answer)) => {
                match read_token_answer(answer, None, world) {
                    Ok(tokens) => self.succeed(Success::Value(tokens)),
                    Err(failure) => self.end(Outcome::Failure(failure)),
                }
            }
            (Phase::Exchanging, Event::NetworkFailed) => self.fail(Code::NetworkError),
            (Phase::Exchanging, Event::Exchanged) => self.succeed(Success::Exchanged),
            (Phase::Exchanging, Event::ExchangeFailed) => self.fail(Code::ExchangeFailed),

            _ => {}
        }
    }

    fn target(&self) -> Option<&Target> {
        self.departure.as_ref().map(|departure| &departure.target)
    }

    fn known_url(&self) -> Option<Secret> {
        match self.target()? {
            Target::Url(url) => Some(url.clone()),
            Target::Source { .. } => None,
        }
    }

    /// To the provider where the URL is known, or to the app for what is missing.
    fn depart_or_ask(&mut self, now: f64) {
        if let Some(questions) = &mut self.questions {
            questions.wait(now);
        }
        if let Some(url) = self.known_url() {
            return self.depart(url);
        }
        if let Some(Target::Source { option, .. }) = self.target() {
            self.effects.push(Effect::AskSource(option));
            self.phase = Phase::Resolving;
        }
    }

    /// The user is sent to the provider. A window whose URL was known was opened at it, and need not be sent.
    fn depart(&mut self, url: Secret) {
        self.phase = Phase::Waiting;
        self.watch.depart();
        if self.transaction.mode == Mode::Redirect {
            self.effects.push(Effect::Redirect(url));
        } else {
            self.effects.push(Effect::Remember);
            if let Some(Target::Source { .. }) = self.target() {
                self.effects.push(Effect::Navigate(url));
            }
        }
        self.effects.push(Effect::Tell(Milestone::Started));
    }

    fn resolve(&mut self, source: &Value, world: &dyn World) {
        let Some(departure) = &self.departure else {
            return;
        };
        let Target::Source {
            base, build_url, ..
        } = &departure.target
        else {
            return;
        };
        let rules = Rules {
            world,
            own_origin: &departure.own_origin,
            allow_insecure: departure.allow_insecure,
        };
        match build_url(base, source, &mut self.transaction, rules) {
            Ok(url) => self.depart(url),
            Err(invalid) => self.end(Outcome::Failure(invalid)),
        }
    }

    /// No window: redirect where the app allows it, but never a frame.
    fn block(&mut self, now: f64) {
        if self.transaction.mode == Mode::Redirect {
            return self.fail(Code::RedirectError);
        }
        let may_redirect = (self.departure.as_ref()).is_some_and(|it| it.redirects_if_blocked);
        if !may_redirect || self.transaction.is_framed {
            return self.fail(Code::PopupBlocked);
        }
        self.transaction.mode = Mode::Redirect;
        self.depart_or_ask(now)
    }

    /// The questions, while the user is at the provider: nobody is asked before that, or once there is a response.
    fn questions_now(&mut self) -> Option<&mut Questions> {
        let is_waiting = self.is_waiting();
        self.questions.as_mut().filter(|_| is_waiting)
    }

    fn look(&mut self, now: f64, sight: Sight) {
        if self.deadline.is_some_and(|deadline| now >= deadline) {
            return self.time_out();
        }
        if self.phase == Phase::Exchanging {
            return;
        }
        let presence = self.watch.look(now, sight);
        let due = match (presence, self.questions_now()) {
            (Presence::Gone, None) => Due::GiveUp,
            (Presence::Gone, Some(questions)) => questions.ask_last(now),
            (Presence::There, Some(questions)) => questions.tick(now),
            (Presence::There, None) => Due::Nothing,
        };
        self.follow(due, None)
    }

    /// The app has its outcome. Its backend may know better: it is asked while the window is there, and once more when it is not.
    fn look_after(&mut self, now: f64, sight: Sight) {
        self.watch.look(now, sight);
        let due = match (self.questions_now(), sight) {
            (Some(questions), Sight::Closed) => questions.ask_last(now),
            (Some(questions), _) => questions.tick(now),
            (None, _) => Due::Nothing,
        };
        self.follow(due, None)
    }

    /// The app is told, but what is on its way may still arrive.
    fn time_out(&mut self) {
        let is_under_way = matches!(self.phase, Phase::Waiting | Phase::Exchanging);
        self.give_up(Code::Timeout, is_under_way)
    }

    /// A failure of ours, after which a result may come all the same.
    fn give_up(&mut self, code: Code, may_come: bool) {
        if may_come {
            self.detach(Outcome::Failure(code.into()));
        } else {
            self.fail(code);
        }
    }

    /// `verify` brought no result: there is none yet, or it failed.
    fn stay_unverified(&mut self, now: f64, failure: Option<Code>) {
        let is_gone = self.watch.is_out_of_sight();
        if let Some(questions) = &mut self.questions {
            let due = questions.answered_nothing(now, is_gone);
            self.follow(due, failure);
        }
    }

    fn focus(&mut self, now: f64) {
        self.watch.focus(now);
        if let Some(questions) = self.questions_now() {
            let due = questions.ask(now);
            self.follow(due, None);
        }
    }

    fn follow(&mut self, due: Due, failure: Option<Code>) {
        match (due, failure) {
            (Due::Nothing, _) => {}
            (Due::Ask, _) => self.effects.push(Effect::AskVerify),
            // The app has its outcome, and the window may live.
            (Due::GiveUp, _) if self.is_detached => {}
            (Due::GiveUp, Some(code)) => self.give_up(code, self.may_come_late()),
            (Due::GiveUp, None) => self.exit(),
        }
    }

    fn receive(&mut self, response: &ResponseUrl, via: Via, world: &dyn World) {
        if response.is_admitted(&self.transaction, via) {
            let verdict = self.protocol.response(response, &self.transaction, world);
            self.judge(verdict);
        }
    }

    fn judge(&mut self, verdict: Option<Verdict>) {
        match verdict {
            None => {}
            Some(Ok(Obtained::Result(result))) => self.succeed(Success::Value(result)),
            Some(Ok(Obtained::Code { code, params })) => self.exchange(code, params),
            Some(Err(failure)) => self.end(Outcome::Failure(failure)),
        }
    }

    /// The code is used once: the attempt is used up before anything is awaited.
    fn exchange(&mut self, code: Secret, params: Value) {
        self.phase = Phase::Exchanging;
        let Some(oauth) = &self.transaction.oauth else {
            return self.fail(Code::InvalidResponse);
        };
        self.effects.push(Effect::UseUp);
        let asked = match TokenRequest::exchange(&code, oauth) {
            Some(request) => Effect::RequestToken(request),
            None => Effect::Exchange(grant_for_app(&code, params, oauth)),
        };
        self.effects.push(asked);
    }

    fn succeed(&mut self, success: Success) {
        self.effects.push(Effect::Tell(Milestone::Complete));
        self.end(Outcome::Success(success));
    }

    /// Whether a result may come though the window looks closed, or the page came back without one.
    fn may_come_late(&self) -> bool {
        self.watch.is_doubtful() || self.transaction.mode == Mode::Redirect
    }

    /// The user left. Where something else may have looked the same, a result may come after all.
    fn exit(&mut self) {
        self.effects.push(Effect::Tell(Milestone::Exit));
        if self.may_come_late() {
            self.detach(Outcome::Exit);
        } else {
            self.end(Outcome::Exit);
        }
    }

    fn fail(&mut self, code: Code) {
        self.end(Outcome::Failure(code.into()))
    }

    /// The app's backend is asked on, without haste.
    fn detach(&mut self, outcome: Outcome) {
        self.deadline = None;
        self.questions = self.questions.take().map(Questions::after_exit);
        self.is_detached = true;
        self.effects.push(Effect::Detach(outcome));
    }

    fn end(&mut self, outcome: Outcome) {
        self.phase = Phase::Ended;
        self.effects.push(Effect::End(outcome));
    }
}

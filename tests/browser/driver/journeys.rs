//! Random journeys: whatever happens in whatever order, a flow ends in exactly one outcome, is believed nothing forged, loses
//! nothing true, and leaves nothing over. A failure names its seed.

use browser_tests::{Call, Widget, app, pause, return_url, to_js, world};
use serde_json::{Value, json};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// `CONNECT_WIDGET_JOURNEYS=10000 npm test -- wasm-chromium` plays more.
pub const JOURNEYS: Option<&str> = option_env!("CONNECT_WIDGET_JOURNEYS");
/// `CONNECT_WIDGET_SEED=7` plays this one alone.
pub const SEED: Option<&str> = option_env!("CONNECT_WIDGET_SEED");

pub fn number(text: Option<&str>) -> Option<u64> {
    text.and_then(|text| text.parse().ok())
}

/// A small generator, so that a seed is the same journey in every engine (Marsaglia's xorshift64*).
pub struct Chance(u64);

impl Chance {
    pub fn of_seed(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }

    pub fn of(&mut self, times: u64, all: u64) -> bool {
        self.below(all) < times
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum System {
    Alter,
    Anon,
    StackOne,
    Implicit,
    Code,
}

pub const SYSTEMS: [System; 5] = [
    System::Alter,
    System::Anon,
    System::StackOne,
    System::Implicit,
    System::Code,
];

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    TimePasses,
    WindowGoesToTheProvider,
    WindowPassesThePageOfAnApp,
    StrangerForges,
    AnotherOriginForges,
    WindowTalksNonsense,
    LinkForges,
    TrueAnswer,
    TrueAnswerByChannel,
    Severed,
    UserCloses,
    Blurred,
    Focused,
    SourceAnswers,
    ServerAnswers,
    Aborted,
    AppCloses,
    SecondClick,
}

const STEPS: [Step; 24] = [
    Step::TimePasses,
    Step::TimePasses,
    Step::TimePasses,
    Step::TimePasses,
    Step::WindowGoesToTheProvider,
    Step::WindowPassesThePageOfAnApp,
    Step::StrangerForges,
    Step::AnotherOriginForges,
    Step::WindowTalksNonsense,
    Step::LinkForges,
    Step::LinkForges,
    Step::TrueAnswer,
    Step::TrueAnswer,
    Step::TrueAnswerByChannel,
    Step::Severed,
    Step::UserCloses,
    Step::Blurred,
    Step::Focused,
    Step::SourceAnswers,
    Step::SourceAnswers,
    Step::ServerAnswers,
    Step::ServerAnswers,
    Step::SecondClick,
    Step::TimePasses,
];

struct Journey {
    seed: u64,
    chance: Chance,
    system: System,
    app: Widget,
    call: Call,
    is_promised: bool,
    /// The app's token or link is owed.
    owes_source: bool,
    /// A true answer was given, however it came.
    was_answered: bool,
    /// The app ended the flow by itself.
    was_closed: bool,
    /// The attempt's state, once it is known.
    state: Option<String>,
    steps: Vec<Step>,
}

pub fn options(system: System, chance: &mut Chance) -> (String, bool) {
    let owes = chance.of(1, 2) && matches!(system, System::Alter | System::Anon | System::StackOne);
    let source = |value: &str| {
        if owes {
            format!(
                "() => new Promise((resolve, reject) => Object.assign(call, {{ give: () => resolve({value}), refuse: () => reject(new Error('refused')) }}))"
            )
        } else {
            value.to_owned()
        }
    };
    let provider = "PROVIDER";
    let mut text = match system {
        System::Alter => format!("baseURL: {provider}, token: {}", source("'tok'")),
        System::Anon => format!(
            "protocol: 'anon-link', redirectUrl: RETURN, link: {}",
            source(provider)
        ),
        System::StackOne => format!("protocol: 'stackone-link', link: {}", source(provider)),
        System::Implicit => format!(
            "protocol: 'implicit', authorizationEndpoint: {provider}, clientId: 'c', redirectUri: RETURN"
        ),
        System::Code => format!(
            "protocol: 'code', authorizationEndpoint: {provider}, tokenEndpoint: origin + '/token', clientId: 'c', redirectUri: RETURN"
        ),
    };
    if system == System::StackOne || chance.of(1, 4) {
        // It answers what the journey says, or throws.
        text += ", verify: async () => { if (call.isDown) throw new Error('down'); return call.account ?? null }";
    }
    if chance.of(1, 4) {
        text += ", timeout: 4000";
    }
    if chance.of(1, 3) {
        text += ", signal: (call.controller = new AbortController()).signal";
    }
    if chance.of(1, 5) {
        text += ", onEvent() { throw new Error('of the app') }";
    }
    (text, owes)
}

/// An answer that only the true one has.
pub fn answer_url(system: System, state: &str, mark: &str) -> String {
    return_url(&match system {
        System::Alter => format!(
            "?alter_connect_success=true&grant_id={mark}&provider=google&connect_state={state}"
        ),
        System::Anon => format!("?type=success&state=%22{mark}%22&connect_state={state}"),
        System::Implicit => format!("#access_token={mark}&token_type=Bearer&state={state}"),
        System::Code | System::StackOne => format!("?code={mark}&state={state}"),
    })
}

fn grant(mark: &str) -> Value {
    json!({"type": "alter_connect_success", "grants": [{"grant_id": mark, "provider": "google"}]})
}

impl Journey {
    async fn begin(seed: u64, app: &Widget) -> Journey {
        let mut chance = Chance::of_seed(seed);
        let app = app.sibling().listen(&["success", "error", "exit", "close"]);
        let system = chance.pick(&SYSTEMS);
        let (options, owes_source) = options(system, &mut chance);
        let is_promised = chance.of(1, 2);
        let options = format!("{{ {options} }}");
        let call = if is_promised {
            app.authorize(&options)
        } else {
            app.open(&options)
        };
        world::settle().await;
        Journey {
            seed,
            chance,
            system,
            app,
            call,
            is_promised,
            owes_source,
            was_answered: false,
            was_closed: false,
            state: None,
            steps: vec![],
        }
    }

    fn is_live(&self) -> bool {
        self.call.was_told().is_empty() && !self.was_closed
    }

    fn says(&self, what: &str) -> String {
        format!(
            "seed {}, {:?}: {what}; told {:?}, heard {:?}, promised {:?}; {:?}",
            self.seed,
            self.system,
            self.call.was_told(),
            self.app.has_heard(),
            self.call.has_promised(),
            self.steps
        )
    }

    async fn step(&mut self, step: Step) {
        self.steps.push(step);
        if self.state.is_none() {
            self.state = world::remembered().into_iter().next();
        }
        let state = self.state.clone();
        match step {
            Step::TimePasses => world::advance(self.chance.pick(&[30, 70, 150, 500, 3000])).await,
            Step::WindowGoesToTheProvider if !self.owes_source => {
                world::go("https://provider.example/")
            }
            Step::WindowPassesThePageOfAnApp if !self.owes_source => {
                world::go(&return_url(self.chance.pick(&[
                    "?shop=1&state=NY",
                    "/login?error=1",
                    "?type=shoes",
                    "",
                ])))
            }
            Step::StrangerForges => world::post(&to_js(&grant("forged")), "", true),
            Step::AnotherOriginForges => world::post(
                &to_js(&grant("forged")),
                "https://evil.example",
                self.chance.of(1, 2),
            ),
            Step::WindowTalksNonsense => world::post(
                &to_js(
                    &self
                        .chance
                        .pick(&[
                            "null",
                            "7",
                            "[]",
                            "{\"type\":7}",
                            "{\"type\":\"connect-widget\",\"response\":7}",
                            "{\"type\":\"connect-widget\"}",
                        ])
                        .parse()
                        .expect("JSON"),
                ),
                "",
                false,
            ),
            Step::LinkForges => {
                // What any page of the app's origin may be made to offer: of another attempt, or without a state.
                let url = answer_url(self.system, self.chance.pick(&["another", ""]), "forged");
                let url = if self.chance.of(1, 2) {
                    url.replace("&connect_state=", "&x=")
                } else {
                    url
                };
                match (self.chance.of(1, 2), state) {
                    (true, Some(state)) => world::relay(
                        &state,
                        &to_js(&json!({"response": url, "window": "another"})),
                    ),
                    _ => world::post(
                        &to_js(&json!({"type": "connect-widget", "response": url})),
                        &origin(),
                        true,
                    ),
                }
            }
            Step::TrueAnswer => {
                let was_answered = self.answer_in_window();
                if was_answered && self.system != System::StackOne {
                    self.is_heard().await;
                }
            }
            Step::TrueAnswerByChannel => {
                if let (Some(state), true) = (state, self.system != System::StackOne) {
                    self.was_answered = true;
                    world::relay(
                        &state,
                        &to_js(
                            &json!({"response": answer_url(self.system, &state, "true"), "window": state}),
                        ),
                    );
                    self.is_heard().await;
                }
            }
            Step::Severed if !self.owes_source => world::sever(),
            Step::UserCloses if self.chance.of(1, 3) => {
                world::close_window();
                if self.chance.of(2, 3) {
                    world::signal("focus");
                }
            }
            Step::Blurred => world::signal("blur"),
            Step::Focused => world::signal("focus"),
            Step::SourceAnswers if self.owes_source => {
                self.owes_source = false;
                self.call.js(if self.chance.of(1, 8) {
                    "call.refuse()"
                } else {
                    "call.give()"
                });
            }
            Step::ServerAnswers if world::count_requests() > 0 => match self.chance.below(6) {
                0 => world::fail_request(),
                1 => world::answer_request(400, r#"{"error":"invalid_grant"}"#),
                _ => world::answer_request(200, r#"{"access_token":"true"}"#),
            },
            Step::Aborted => drop(self.call.js("call.controller && call.controller.abort()")),
            Step::AppCloses => {
                self.was_closed |= self.is_live();
                self.app.close();
            }
            Step::SecondClick if self.is_live() => {
                let opened = world::count_windows();
                let second = self.app.authorize("{ token: 'tok' }");
                world::settle().await;
                assert_eq!(
                    (second.has_promised(), world::count_windows()),
                    (vec!["rejected already_open".into()], opened),
                    "{}",
                    self.says("a second click")
                );
            }
            _ => {}
        }
        world::settle().await;
        self.check();
    }

    /// A true answer is used at the next look at the latest.
    async fn is_heard(&self) {
        world::advance(70).await;
        assert!(
            !self.is_live() || world::count_requests() > 0,
            "{}",
            self.says("a true answer was not heard")
        );
    }

    /// The window itself brings the true answer, where it can. Answers whether it did.
    fn answer_in_window(&mut self) -> bool {
        if self.owes_source || world::is_window_gone() {
            return false;
        }
        match (self.system, self.state.clone()) {
            (System::StackOne, _) => drop(self.call.js("call.account = { id: 'true' }")),
            (System::Alter, _) => world::post(&to_js(&grant("true")), "", false),
            (system, Some(state)) if !world::is_window_severed() => {
                world::go(&answer_url(system, &state, "true"))
            }
            _ => return false,
        }
        self.was_answered = true;
        true
    }

    /// What holds at any time.
    fn check(&self) {
        let told = self.call.was_told();
        let heard = self.app.has_heard();
        let count = |name: &str| {
            heard
                .iter()
                .filter(|one| one.split(' ').next() == Some(name))
                .count()
        };
        assert!(
            told.len() <= usize::from(!self.was_closed),
            "{}",
            self.says("more than one outcome")
        );
        assert!(count("close") <= 1, "{}", self.says("closed twice"));
        assert!(
            count("success") + count("error") + count("exit") <= 2,
            "{}",
            self.says("more than an outcome and a late result")
        );
        assert!(
            self.call.has_promised().len() <= 1,
            "{}",
            self.says("promised twice")
        );
        let all = [told, heard, self.call.has_promised()].concat().join(" ");
        assert!(
            !all.contains("forged"),
            "{}",
            self.says("believed a forgery")
        );
        assert!(
            self.was_answered || !all.contains("success"),
            "{}",
            self.says("a success out of nothing")
        );
    }

    /// The user has enough: closes the window and is back; whoever was asked answers.
    async fn end(&mut self) {
        if self.is_live() && self.chance.of(1, 3) {
            self.step(Step::TrueAnswer).await;
            world::advance(6000).await;
        }
        self.call.js("call.refuse && call.refuse()");
        for _ in 0..3 {
            world::close_window();
            world::signal("focus");
            world::settle().await;
            while world::count_requests() > 0 {
                world::answer_request(200, r#"{"access_token":"true"}"#);
                world::settle().await;
            }
            world::advance(7000).await;
            self.check();
        }
        let told = self.call.was_told();
        assert_eq!(
            told.len(),
            usize::from(!self.was_closed),
            "{}",
            self.says("no outcome")
        );
        self.check_promise(&told);
        assert!(!self.app.is_open(), "{}", self.says("still open"));
        assert_eq!(
            self.app
                .has_heard()
                .iter()
                .filter(|one| *one == "close")
                .count(),
            1,
            "{}",
            self.says("no close")
        );
        self.release().await;
    }

    fn check_promise(&self, told: &[String]) {
        let promised = self.call.has_promised();
        let expected = match told.first().map(String::as_str) {
            _ if !self.is_promised => "resolved".to_owned(),
            None => "rejected aborted".to_owned(),
            Some("exit") => "rejected popup_closed".to_owned(),
            Some(told) => told
                .replacen("success", "resolved", 1)
                .replacen("error", "rejected", 1),
        };
        assert_eq!(
            promised,
            [expected],
            "{}",
            self.says("the promise says something else")
        );
    }

    /// A result that may still come keeps its ears until it comes or expires; then nothing is left.
    async fn release(&mut self) {
        world::advance(1000).await;
        if !world::left().is_empty() && self.chance.of(1, 2) {
            if let (Some(state), true) = (
                world::remembered().into_iter().next(),
                self.system != System::StackOne,
            ) {
                let before = self.app.has_heard().len();
                self.was_answered = true;
                world::relay(
                    &state,
                    &to_js(&json!({"response": answer_url(self.system, &state, "true")})),
                );
                world::settle().await;
                while world::count_requests() > 0 {
                    world::answer_request(200, r#"{"access_token":"true"}"#);
                    world::settle().await;
                }
                assert_eq!(
                    self.app.has_heard().len(),
                    before + 1,
                    "{}",
                    self.says("lost a late result")
                );
                assert!(
                    self.app.has_heard()[before].starts_with("success"),
                    "{}",
                    self.says("a late result")
                );
                self.check();
            }
        }
        if !world::left().is_empty() {
            // What has expired is let go of when the user comes or goes; the next page sweeps its record.
            world::jump(2.0 * 3_600_000.0);
            world::signal("focus");
            world::settle().await;
            world::forget_all();
        }
        self.app.js("widget.destroy()");
        world::advance(1000).await;
        let left = world::left();
        assert!(
            left.is_empty(),
            "{}",
            self.says(&format!("left over: {left}"))
        );
    }
}

fn origin() -> String {
    browser_tests::js("location.origin")
        .as_string()
        .unwrap_or_default()
}

async fn play(seed: u64, app: &Widget) -> &'static str {
    let mut journey = Journey::begin(seed, app).await;
    for _ in 0..journey.chance.below(30) {
        if !journey.is_live() && journey.chance.of(1, 2) {
            break;
        }
        // Rare, or nothing else would be seen.
        let step = match journey.chance.below(60) {
            0 => Step::Aborted,
            1 => Step::AppCloses,
            _ => journey.chance.pick(&STEPS),
        };
        journey.step(step).await;
    }
    journey.end().await;
    match journey
        .call
        .was_told()
        .first()
        .map(|told| told.split(' ').next().unwrap_or_default().to_owned())
        .as_deref()
    {
        Some("success") => "success",
        Some("error") => "error",
        Some("exit") => "exit",
        _ => "closed",
    }
}

#[wasm_bindgen_test]
async fn random_journeys_end_in_one_outcome_and_leave_nothing() {
    let app = app().await;
    // What the page itself does once is over.
    pause(100).await;
    world::install();
    let seeds = match number(SEED) {
        Some(seed) => seed..seed + 1,
        None => 1..number(JOURNEYS).unwrap_or(1000) + 1,
    };
    let count = seeds.end - seeds.start;
    let mut ends: Vec<&str> = Vec::new();
    for seed in seeds {
        ends.push(play(seed, &app).await);
        // The test runner looks in from time to time.
        if seed % 50 == 0 {
            world::breathe().await;
        }
    }
    world::uninstall();
    let of = |name| ends.iter().filter(|end| **end == name).count();
    let [successes, errors, exits, closed] = ["success", "error", "exit", "closed"].map(of);
    console_log!(
        "{count} journeys: {successes} successes, {errors} errors, {exits} exits, {closed} closed by the app"
    );
    // A journey that never gets anywhere would prove nothing.
    assert!(
        count < 1000
            || [successes, errors, exits, closed]
                .iter()
                .all(|ends| *ends as u64 >= count / 50),
        "{successes} {errors} {exits} {closed}"
    );
}

//! Windows of the browser's own, opened by the driver's own `window.open`, with providers in them: what frames in the part of windows
//! cannot show. Browsers under a driver let them open without a click.

use crate::journeys::{Chance, SEED, SYSTEMS, System, answer_url, number, options};
use crate::system::{ALTER, ANON, CODE, IMPLICIT, STACKONE};
use crate::{grant, success};
use browser_tests::{
    Call, RealWindow, Widget, app, count_openings, js, last_real_window, nothing_is_left, open_by,
    pause, relay, remembered, return_url, state, until,
};
use serde_json::json;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

/// `CONNECT_WIDGET_WINDOWS=100 npm test -- wasm-chromium` plays more random journeys in real windows.
const WINDOWS: Option<&str> = option_env!("CONNECT_WIDGET_WINDOWS");

/// An instance on a clean page, whose windows are real.
async fn app_with_windows() -> Widget {
    let app = app().await.listen(&["success", "error", "exit", "close"]);
    open_by("openReally");
    app
}

/// The user is at the provider's page, and for longer than a page that severs its window would be seen.
async fn user_is_at_the_provider() -> RealWindow {
    let window = last_real_window();
    js("window.dispatchEvent(new Event('blur'))");
    window.say(json!("noise")).await;
    pause(300).await;
    window
}

#[wasm_bindgen_test]
async fn a_grant_that_the_window_posts_is_the_result_and_the_window_closes() {
    let app = app_with_windows().await;
    let call = app.authorize(&format!("{{ {ALTER} }}"));
    let window = last_real_window();
    assert!(!window.closed());
    window.say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    assert!(
        call.promise().await.starts_with("resolved"),
        "{:?}",
        call.has_promised()
    );
    until("a closed window", || window.closed()).await;
    assert_eq!(app.has_heard(), [success("g1"), "close".into()]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_window_that_comes_back_is_read_and_closed() {
    for (options, answer, expected) in [
        (CODE, "?code=xyz&state={state}", r#""access_token":"t""#),
        (
            IMPLICIT,
            "#access_token=t&state={state}",
            r#""access_token":"t""#,
        ),
        (ANON, "?type=success", r#""type":"success""#),
    ] {
        let app = app_with_windows().await;
        js("setFetch(async () => new Response('{\"access_token\":\"t\"}'))");
        let call = app.open(&format!("{{ {options} }}"));
        let window = last_real_window();
        // A page of the app on the way is none of its answers.
        let answer = answer.replace("{state}", &state().await);
        window.go(&return_url("/on/the/way?code=no")).await;
        pause(200).await;
        assert!(call.was_told().is_empty() && !window.closed(), "{options}");
        window.go_from_own_page(&return_url(&answer));
        let outcome = call.outcome().await;
        assert!(
            outcome.starts_with("success") && outcome.contains(expected),
            "{outcome}"
        );
        until("a closed window", || window.closed()).await;
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn a_window_opens_blank_and_is_sent_on_when_the_app_has_its_token() {
    let app = app_with_windows().await;
    let call = app.open("{ baseURL: PROVIDER + '?', token: () => new Promise((resolve) => (call.give = () => resolve('tok'))) }");
    pause(100).await;
    assert_eq!(
        js("lastRealWindow().inner.document.title").as_string(),
        Some("Connecting…".into())
    );
    call.js("call.give()");
    last_real_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    assert_eq!(count_openings(), 1);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_window_that_is_closed_before_it_was_sent_anywhere_is_an_exit() {
    let app = app_with_windows().await;
    let call = app.authorize("{ token: () => new Promise(() => {}) }");
    pause(100).await;
    last_real_window().close();
    assert_eq!(
        (call.outcome().await, call.promise().await),
        ("exit".into(), "rejected popup_closed".into())
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_user_who_closes_the_window_is_an_exit() {
    for options in [ALTER, CODE] {
        let app = app_with_windows().await;
        let call = app.open(&format!("{{ {options} }}"));
        let window = user_is_at_the_provider().await;
        window.close();
        js("window.dispatchEvent(new Event('focus'))");
        assert_eq!(call.outcome().await, "exit", "{options}");
        assert_eq!(app.has_heard(), ["exit", "close"]);
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn a_page_that_answers_and_closes_its_window_at_once_has_answered() {
    let app = app_with_windows().await;
    let call = app.open(&format!("{{ {ALTER} }}"));
    user_is_at_the_provider().await.leave(grant("g1")).await;
    js("window.dispatchEvent(new Event('focus'))");
    assert_eq!(call.outcome().await, success("g1"));
    pause(500).await;
    assert_eq!(app.has_heard(), [success("g1"), "close".into()]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn only_the_flows_own_window_is_believed() {
    let app = app_with_windows().await;
    let call = app.open(&format!("{{ {ALTER} }}"));
    let window = last_real_window();
    // Others of the provider's origin: a window of the app's own, and a frame.
    js("openReally(PROVIDER, 'another')");
    let other = last_real_window();
    other.say(grant("forged")).await;
    js("window.frame = new FrameWindow(PROVIDER)");
    browser_tests::last_window().say(grant("forged")).await;
    // And the flow's own window, from a page of another origin than the provider's.
    window
        .go(&return_url("").replace("return.html", "provider.html"))
        .await;
    window.say(grant("forged")).await;
    pause(100).await;
    assert_eq!(call.was_told(), [""; 0]);
    js("(window.frame.close(), delete window.frame)");
    other.close();
    app.close();
    until("a closed window", || window.closed()).await;
    assert_eq!(app.has_heard(), ["close"]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn the_apps_own_window_is_used_and_what_ends_the_flow_closes_it() {
    for (how, promised) in [
        ("widget.close()", "rejected aborted"),
        ("widget.destroy()", "rejected aborted"),
        ("window.controller.abort()", "rejected aborted"),
    ] {
        let app = app_with_windows().await;
        let call = app.authorize(&format!("{{ {ALTER}, popup: openReally('', 'own'), signal: (window.controller = new AbortController()).signal }}"));
        let window = last_real_window();
        window.say(json!("noise")).await;
        assert_eq!(count_openings(), 0, "{how}");
        app.js(&format!("({how}, 0)"));
        assert_eq!(call.promise().await, promised, "{how}");
        until("a closed window", || window.closed()).await;
        js("delete window.controller");
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn two_flows_have_two_windows_and_each_gets_its_own_answer() {
    let app = app_with_windows().await;
    let other = app.sibling();
    let first = app.open(&format!("{{ {ALTER} }}"));
    let window = last_real_window();
    let second = other.open(&format!("{{ {ALTER} }}"));
    let another = last_real_window();
    another.say(grant("second")).await;
    assert_eq!(second.outcome().await, success("second"));
    assert_eq!(first.was_told(), [""; 0]);
    window.say(grant("first")).await;
    assert_eq!(first.outcome().await, success("first"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn of_two_flows_that_the_app_gives_one_window_the_later_one_gets_the_answer() {
    // Whichever looks first: several rounds.
    for _ in 0..8 {
        let app = app_with_windows().await;
        let own = format!("{{ {ANON}, popup: openReally('', 'own') }}");
        let earlier = app.open(&own);
        let window = last_real_window();
        window.say(json!("noise")).await;
        let later = app.sibling().open(&own);
        window.go_from_own_page(&return_url("?type=success"));
        let outcome = later.outcome().await;
        assert!(outcome.starts_with("success"), "{outcome}");
        // That its window is closed, perhaps.
        assert!(earlier.was_told().iter().all(|told| told == "exit"));
        until("a closed window", || window.closed()).await;
        app.js("widget.close()");
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn an_account_that_the_backend_knows_closes_the_window() {
    let app = app_with_windows().await;
    let call = app.open(&format!(
        "{{ {STACKONE}, verify: async () => call.account ?? null }}"
    ));
    let window = user_is_at_the_provider().await;
    call.js("call.account = { id: 'a' }");
    assert_eq!(call.outcome().await, r#"success {"id":"a"}"#);
    until("a closed window", || window.closed()).await;
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_window_that_is_on_its_way_when_the_flow_ends_is_closed_all_the_same() {
    // `closed` reads true as soon as a close is asked for, and Chromium loses some of those that meet the provider's page.
    let is_chromium = js("navigator.userAgent.includes('Chrome')").is_truthy();
    for turn in 0..if is_chromium { 12 } else { 2 } {
        let app = app_with_windows().await;
        let call = app.open("{ protocol: 'stackone-link', link: () => new Promise((resolve) => (call.give = () => resolve(PROVIDER))), verify: async () => call.account ?? null }");
        let window = last_real_window();
        // There is a process for pages of the provider's, as there is where another tab has one.
        js("openReally(PROVIDER, 'another')");
        let other = last_real_window();
        other.say(json!("noise")).await;
        other.close();
        call.js("call.give()");
        pause(turn * 3).await;
        call.js("call.account = { id: 'a' }");
        assert_eq!(call.outcome().await, r#"success {"id":"a"}"#);
        until("a closed window", || window.closed()).await;
        nothing_is_left().await;
    }
}

// ---- random journeys ---------------------------------------------------------------------------------------------------

/// One flow in a real window, in real time.
struct Journey {
    seed: u64,
    chance: Chance,
    system: System,
    app: Widget,
    call: Call,
    window: RealWindow,
    owes_source: bool,
    was_answered: bool,
    was_closed: bool,
    /// The window is where the provider's page hears what to do.
    is_at_the_provider: bool,
    steps: Vec<&'static str>,
}

impl Journey {
    fn says(&self, what: &str) -> String {
        format!(
            "seed {}, {:?}: {what}; told {:?}, heard {:?}; {:?}",
            self.seed,
            self.system,
            self.call.was_told(),
            self.app.has_heard(),
            self.steps
        )
    }

    fn is_live(&self) -> bool {
        self.call.was_told().is_empty() && !self.was_closed
    }

    /// Whether the page in the window can be told what to do.
    fn hears(&self) -> bool {
        !self.owes_source && self.is_at_the_provider && !self.window.closed()
    }

    async fn step(&mut self) {
        let step = self.chance.pick(&[
            "time passes",
            "time passes",
            "talks nonsense",
            "another window forges",
            "passes a page of the app",
            "the source answers",
            "the source answers",
            "answers",
            "answers",
            "answers and closes",
            "the user closes",
            "the app closes",
            "a second click",
        ]);
        self.steps.push(step);
        match step {
            "time passes" => pause(self.chance.pick(&[10, 70, 150])).await,
            "talks nonsense" if self.hears() => {
                let words = self.chance.pick(&["null", "7", "[]", r#"{"type":7}"#]);
                self.window.say(words.parse().expect("JSON")).await;
            }
            "another window forges" => {
                js("openReally(PROVIDER, 'another')");
                let other = last_real_window();
                other.say(grant("forged")).await;
                other.close();
            }
            "passes a page of the app" if self.hears() => {
                self.is_at_the_provider = false;
                let page = return_url(self.chance.pick(&["/login?error=1", "?shop=1&state=NY"]));
                self.window.go(&page).await;
            }
            "the source answers" if self.owes_source => {
                self.owes_source = false;
                self.call.js(if self.chance.of(1, 6) {
                    "call.refuse()"
                } else {
                    "call.give()"
                });
                pause(20).await;
            }
            "answers" => self.answer(false).await,
            "answers and closes" => self.answer(true).await,
            "the user closes" if self.chance.of(1, 2) => self.user_closes().await,
            "the app closes" if self.chance.of(1, 3) => {
                self.was_closed |= self.is_live();
                self.app.close();
            }
            "a second click" if self.is_live() => {
                let opened = count_openings();
                let second = self.app.authorize("{ token: 'tok' }");
                assert_eq!(second.promise().await, "rejected already_open");
                assert_eq!(count_openings(), opened, "{}", self.says("a second window"));
            }
            _ => {}
        }
        self.check();
    }

    /// The window brings the true answer, and must be heard.
    async fn answer(&mut self, leaves: bool) {
        if !self.is_live() || self.owes_source || self.window.closed() {
            return;
        }
        match self.system {
            System::StackOne => drop(self.call.js("call.account = { id: 'true' }")),
            System::Alter if !self.hears() => return,
            System::Alter if leaves => self.window.leave(grant("true")).await,
            System::Alter => self.window.say(grant("true")).await,
            system => {
                let url = answer_url(system, &state().await, "true");
                if self.is_at_the_provider {
                    self.window.go(&url).await;
                } else {
                    self.window.go_from_own_page(&url);
                }
                self.is_at_the_provider = false;
            }
        }
        self.was_answered = true;
        until(&self.says("a true answer is heard"), || !self.is_live()).await;
    }

    async fn user_closes(&mut self) {
        if self.hears() {
            self.window.say(json!("noise")).await;
        }
        if !self.window.closed() {
            js("window.dispatchEvent(new Event('blur'))");
            pause(250).await;
        }
        self.window.close();
        js("window.dispatchEvent(new Event('focus'))");
        pause(50).await;
    }

    /// What holds at any time.
    fn check(&self) {
        let told = self.call.was_told();
        let all = [told.clone(), self.app.has_heard(), self.call.has_promised()]
            .concat()
            .join(" ");
        assert!(
            told.len() <= usize::from(!self.was_closed),
            "{}",
            self.says("more than one outcome")
        );
        assert!(!all.contains("forged"), "{}", self.says("a forgery"));
        assert!(
            self.was_answered || !all.contains("success"),
            "{}",
            self.says("a success out of nothing")
        );
    }

    /// Where the window may live out of sight, its result is still heard, and ends the waiting.
    async fn late_result(&mut self) {
        let Some(state) = remembered().into_iter().next() else {
            return;
        };
        let heard = self.app.has_heard().len();
        let is_heard = || {
            self.app
                .has_heard()
                .get(heard)
                .is_some_and(|last| last.starts_with("success"))
        };
        self.was_answered = true;
        if self.system == System::StackOne {
            // The backend is asked every five seconds.
            self.call.js("call.account = { id: 'true' }");
            pause(4000).await;
        } else {
            let url = answer_url(self.system, &state, "true");
            let is_taken = relay(&state, json!({"response": url, "window": state})).await;
            assert!(is_taken, "{}", self.says("a late result"));
        }
        until(&self.says("a late result"), is_heard).await;
    }

    async fn end(&mut self) -> String {
        self.call.js("call.refuse && call.refuse()");
        self.user_closes().await;
        until(&self.says("an end"), || !self.is_live()).await;
        until(&self.says("a close"), || !self.app.is_open()).await;
        self.check();
        until(&self.says("a closed window"), || self.window.closed()).await;
        let closes = self
            .app
            .has_heard()
            .iter()
            .filter(|one| *one == "close")
            .count();
        assert_eq!(closes, 1, "{}", self.says("closed once"));
        self.late_result().await;
        let told = self.call.was_told();
        told.first()
            .map_or("closed", |told| told.split(' ').next().unwrap_or_default())
            .to_owned()
    }
}

async fn play(seed: u64) -> String {
    let app = app_with_windows().await;
    js("setFetch(async () => new Response('{\"access_token\":\"true\"}'))");
    let mut chance = Chance::of_seed(seed);
    let system = chance.pick(&SYSTEMS);
    let (options, owes_source) = options(system, &mut chance);
    // A page that hears what to do; and no journey here is long enough for a timeout.
    let options = options
        .replace("baseURL: PROVIDER", "baseURL: PROVIDER + '?'")
        .replace(", timeout: 4000", "");
    let call = app.open(&format!("{{ {options} }}"));
    let window = last_real_window();
    let mut journey = Journey {
        seed,
        chance,
        system,
        app,
        call,
        window,
        owes_source,
        was_answered: false,
        was_closed: false,
        is_at_the_provider: true,
        steps: vec![],
    };
    for _ in 0..journey.chance.below(8) {
        if !journey.is_live() {
            break;
        }
        journey.step().await;
    }
    let end = journey.end().await;
    nothing_is_left().await;
    end
}

#[wasm_bindgen_test]
async fn random_journeys_in_real_windows_end_in_one_outcome_and_leave_nothing() {
    let seeds = match number(SEED) {
        Some(seed) => seed..seed + 1,
        None => 1..number(WINDOWS).unwrap_or(5) + 1,
    };
    let mut ends = Vec::new();
    for seed in seeds {
        ends.push(play(seed).await);
    }
    let of = |name| ends.iter().filter(|end| *end == name).count();
    console_log!(
        "{} journeys in real windows: {} successes, {} errors, {} exits, {} closed by the app",
        ends.len(),
        of("success"),
        of("error"),
        of("exit"),
        of("closed")
    );
    assert!(ends.len() < 10 || (of("success") > 1 && of("exit") > 0));
}

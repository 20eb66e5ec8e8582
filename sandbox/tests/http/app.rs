//! The app's backend against the providers, both really listening; and its static files.

use crate::common::{Live, Rig, request, send};
use axum::http::{Method, StatusCode};
use clap::Parser as _;
use sandbox::{Config, Origins, Sandbox};
use serde_json::{Value, json};

#[tokio::test]
async fn a_click_mints_a_session_with_a_signed_request() {
    let live = Live::start().await;
    let (status, session) = live
        .api(
            "POST",
            "/api/alter/session",
            json!({"allowed_providers": ["google"]}),
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(session["base_url"], live.providers());
    assert_eq!(session["single_provider"], true);
    let token = json!({"session_token": session["session_token"]});
    let (_, polled) = live.api("POST", "/api/alter/poll", token).await;
    assert_eq!(polled["status"], "pending");

    let (status, refused) = live
        .api("POST", "/api/alter/session", json!({"allowed_origin": "*"}))
        .await;
    assert_eq!(
        (status, &refused["error"]),
        (400, &json!("invalid_allowed_origin"))
    );
    let (status, refused) = live
        .api("POST", "/api/alter/session", json!({"fail": 503}))
        .await;
    assert_eq!((status, &refused["error"]), (503, &json!("backend_failed")));
    let severed = json!({"sandbox": {"coop": "same-origin"}});
    let (_, session) = live.api("POST", "/api/alter/session", severed).await;
    assert_eq!(
        session["base_url"],
        format!("{}/sandbox/coop/same-origin", live.providers())
    );
}

/// Runs a session with `auto` and answers what its last page would post.
async fn auto(live: &Live, body: Value) -> Value {
    let (_, session) = live.api("POST", "/api/alter/session", body).await;
    let start = format!("{}/sdk/oauth/connect/start", live.providers());
    let body = json!({"session_token": session["session_token"]}).to_string();
    let next: Value = live
        .post(&start, &[], body)
        .await
        .json()
        .await
        .expect("JSON");
    let page = live
        .get(&format!(
            "{}{}",
            live.providers(),
            next["next"].as_str().expect("a path")
        ))
        .await;
    let page = crate::common::Answer {
        status: page.status(),
        headers: page.headers().clone(),
        text: page.text().await.expect("a page"),
    };
    page.page_data()
}

#[tokio::test]
async fn connections_belong_to_a_browser_and_disconnecting_revokes() {
    let live = Live::start().await;
    let body = json!({"sandbox": {"auto": "alice"}});
    let first = auto(&live, body.clone()).await;
    assert_eq!(first["targetOrigin"], live.app());
    let again = auto(&live, body.clone()).await;
    assert_eq!(
        again["message"]["grants"][0]["operation"], "reauth",
        "the same browser is the same user"
    );

    let (status, added) = live
        .api("POST", "/api/connections", first["message"].clone())
        .await;
    assert_eq!(
        (status, &added["connections"][0]["provider"]),
        (201, &json!("google"))
    );
    let (_, listed) = live.api("GET", "/api/connections", Value::Null).await;
    assert_eq!(listed["connections"].as_array().map(Vec::len), Some(1));

    let id = added["connections"][0]["id"].as_str().expect("an id");
    let (_, left) = live
        .api("DELETE", &format!("/api/connections/{id}"), Value::Null)
        .await;
    assert_eq!(left["connections"], json!([]));
    let fresh = auto(&live, body).await;
    assert_eq!(fresh["message"]["grants"][0]["operation"], "creation");
}

#[tokio::test]
async fn another_browser_sees_nothing() {
    let rig = Rig::new();
    let connection = json!({"protocol": "code", "provider": "anny", "id": "x"}).to_string();
    let added = send(
        &rig.app,
        request(Method::POST, "/api/connections", &[], &connection),
    )
    .await;
    let cookie = added.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly; SameSite=Lax"));
    let cookie = cookie.split(';').next().expect("a pair");
    let own = send(
        &rig.app,
        request(Method::GET, "/api/connections", &[("cookie", cookie)], ""),
    )
    .await;
    assert_eq!(own.json()["connections"][0]["id"], "x");
    let other = send(&rig.app, request(Method::GET, "/api/connections", &[], "")).await;
    assert_eq!(other.json()["connections"], json!([]));
    for bad in ["{}", "7", "{\"protocol\": 1}", "nonsense"] {
        let answer = send(
            &rig.app,
            request(Method::POST, "/api/connections", &[], bad),
        )
        .await;
        assert_eq!(answer.error(), "invalid_request", "{bad}");
    }
}

#[tokio::test]
async fn an_anon_link_is_made_with_the_apps_key() {
    let live = Live::start().await;
    let body = json!({"state": {"s": 1}, "redirectUrl": format!("{}/back", live.app()), "sandbox": {"auto": "bob"}});
    let (_, link) = live.api("POST", "/api/anon/link", body).await;
    assert_eq!(link["state"], "{\"s\":1}");
    let answer = live.get(link["url"].as_str().expect("a URL")).await;
    let location = answer.headers()["location"].to_str().expect("text");
    assert_eq!(
        location,
        format!("{}/back?type=success&state=%7B%22s%22%3A1%7D", live.app())
    );
    let (status, refused) = live
        .api("POST", "/api/anon/link", json!({"app": "myspace"}))
        .await;
    assert_eq!((status, &refused["error_code"]), (400, &json!("bad_input")));
}

#[tokio::test]
async fn a_binding_goes_into_the_url_that_the_user_comes_back_by() {
    let live = Live::start().await;
    let back = format!("{}/back?x=1#/route", live.app());
    let body = json!({"redirectUrl": back, "bind": "s-1", "sandbox": {"auto": "bob"}});
    let (_, link) = live.api("POST", "/api/anon/link", body).await;
    assert_eq!(link["bound"], true);
    assert_eq!(
        link["redirectUrl"],
        format!("{}/back?x=1&connect_state=s-1#/route", live.app())
    );
    let answer = live.get(link["url"].as_str().expect("a URL")).await;
    let location = answer.headers()["location"].to_str().expect("text");
    assert!(location.contains("connect_state=s-1&type=success"));

    let body = json!({"return_url": back, "bind": "s-2", "allowed_providers": ["google"], "sandbox": {"auto": "bob"}});
    let (_, session) = live.api("POST", "/api/alter/session", body).await;
    assert_eq!(session["bound"], true);
    let start = format!("{}/sdk/oauth/connect/start", live.providers());
    let body = json!({"session_token": session["session_token"]}).to_string();
    let mime = [("content-type", "application/json")];
    let next: Value = live
        .post(&start, &mime, body)
        .await
        .json()
        .await
        .expect("JSON");
    let result = format!(
        "{}{}",
        live.providers(),
        next["next"].as_str().expect("a path")
    );
    let page = live.get(&result).await.text().await.expect("a page");
    assert!(page.contains("/back?x=1&connect_state=s-2&alter_connect_success=true"));

    let (_, unbound) = live
        .api("POST", "/api/alter/session", json!({"bind": "s-3"}))
        .await;
    assert_eq!(unbound["bound"], false, "there is no URL to put it into");
    let (_, nothing) = live
        .api(
            "POST",
            "/api/alter/session",
            json!({"sandbox": {"no_content": true}}),
        )
        .await;
    assert_eq!(
        nothing["base_url"],
        format!("{}/sandbox/no-content", live.providers())
    );
}

#[tokio::test]
async fn a_confidential_client_exchanges_its_code_on_the_backend() {
    let live = Live::start().await;
    let redirect_uri = format!("{}/callback.html", live.app());
    for (provider, path, client) in [
        ("anny", "/oauth/authorize", "anny-backend"),
        ("standard", "/standard/authorize", "standard-backend"),
    ] {
        let url = format!(
            "{}{path}?client_id={client}&response_type=code&state=s&redirect_uri={redirect_uri}&sandbox_auto=alice",
            live.providers()
        );
        let answer = live.get(&url).await;
        let location =
            url::Url::parse(answer.headers()["location"].to_str().expect("text")).expect("a URL");
        let code = location
            .query_pairs()
            .find(|(name, _)| name == "code")
            .expect("a code")
            .1
            .into_owned();
        let body = json!({"provider": provider, "code": code, "redirectUri": redirect_uri});
        let (status, tokens) = live.api("POST", "/api/oauth/exchange", body.clone()).await;
        assert_eq!(status, 200, "{tokens}");
        assert!(tokens["access_token"].is_string());
        let (status, refused) = live.api("POST", "/api/oauth/exchange", body).await;
        assert_eq!((status, &refused["error"]), (400, &json!("invalid_grant")));
    }
}

/// Connects through the Hub by itself and answers the session.
async fn connect(live: &Live, switches: Value) -> Value {
    let mut sandbox = json!({"auto": "alice"});
    for (key, value) in switches.as_object().expect("an object") {
        sandbox[key] = value.clone();
    }
    let (status, session) = live
        .api("POST", "/api/stackone/session", json!({"sandbox": sandbox}))
        .await;
    assert_eq!(status, 201);
    live.get(session["auth_link_url"].as_str().expect("a URL"))
        .await;
    session
}

fn verify_path(session: &Value) -> String {
    format!("/api/stackone/account?session_id={}", session["id"])
}

async fn deliveries(live: &Live, session: &Value) -> Vec<Value> {
    let url = format!(
        "{}/sandbox/stackone/deliveries?session_id={}",
        live.providers(),
        session["id"]
    );
    let body: Value = live.get(&url).await.json().await.expect("JSON");
    body["deliveries"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn the_webhook_tells_the_backend_which_tells_verify() {
    let live = Live::start().await;
    let (_, session) = live.api("POST", "/api/stackone/session", json!({})).await;
    let (_, nothing) = live.api("GET", &verify_path(&session), Value::Null).await;
    assert_eq!(nothing, Value::Null);

    let session = connect(&live, json!({})).await;
    let account = live
        .until(&verify_path(&session), |body| !body.is_null())
        .await;
    assert_eq!(account["event"], "account.created");
    let (_, listed) = live.api("GET", "/api/connections", Value::Null).await;
    assert_eq!(listed["connections"][0]["id"], account["id"]);
    assert_eq!(listed["connections"][0]["protocol"], "stackone-link");
    let (_, newest) = live.api("GET", "/api/stackone/account", Value::Null).await;
    assert_eq!(newest["id"], account["id"]);

    let edit = json!({"account_id": account["id"], "sandbox": {"auto": "alice"}});
    let (_, edited) = live.api("POST", "/api/stackone/session", edit).await;
    live.get(edited["auth_link_url"].as_str().expect("a URL"))
        .await;
    let updated = live
        .until(&verify_path(&edited), |body| !body.is_null())
        .await;
    assert_eq!(
        (&updated["event"], &updated["id"]),
        (&json!("account.updated"), &account["id"])
    );
}

#[tokio::test]
async fn an_account_connected_by_a_link_made_by_hand_reaches_its_owner() {
    let live = Live::start().await;
    let (_, config) = live.api("GET", "/api/config", Value::Null).await;
    let owner = config["user"].as_str().expect("the user's id");
    let admin = format!("{}/admin/auth-links", live.providers());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let fields = format!("origin_owner_id={owner}&origin_owner_name=Acme&category=ats");
    let page = live
        .post(&admin, &form, fields)
        .await
        .text()
        .await
        .expect("a page");
    let (_, rest) = page.split_once("/auth-link/").expect("the link");
    let token = rest.split('"').next().expect("its token");
    let connect = format!("{}/auth-link/{token}/connect/lever", live.providers());
    live.post(&connect, &form, "api_key=0123456789".to_owned())
        .await;
    let listed = live
        .until("/api/connections", |body| {
            body["connections"][0].is_object()
        })
        .await;
    assert_eq!(listed["connections"][0]["provider"], "lever");
}

#[tokio::test]
async fn webhooks_come_late_twice_never_or_after_refusals() {
    let live = Live::start().await;
    let late = connect(&live, json!({"webhook": "late", "webhook_delay_ms": 3000})).await;
    let (_, early) = live.api("GET", &verify_path(&late), Value::Null).await;
    assert_eq!(early, Value::Null);
    let twice = connect(&live, json!({"webhook": "twice"})).await;
    let never = connect(&live, json!({"webhook": "never"})).await;
    let flaky = connect(&live, json!({"webhook": "flaky"})).await;
    for session in [&late, &twice, &flaky] {
        live.until(&verify_path(session), |body| !body.is_null())
            .await;
    }
    let attempts = deliveries(&live, &flaky).await;
    let statuses: Vec<&Value> = attempts.iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses, [503, 503, 200]);
    assert_eq!(deliveries(&live, &never).await, Vec::<Value>::new());
    let (_, listed) = live.api("GET", "/api/connections", Value::Null).await;
    assert_eq!(
        listed["connections"].as_array().map(Vec::len),
        Some(3),
        "twice is once"
    );
}

#[tokio::test]
async fn a_webhook_with_a_wrong_signature_is_refused() {
    let rig = Rig::new();
    let body = json!({"id": "e1", "type": "account.created", "data": {}}).to_string();
    for headers in [vec![], vec![("x-stackone-signature", "sha256=00")]] {
        let answer = send(
            &rig.app,
            request(Method::POST, "/webhooks/stackone", &headers, &body),
        )
        .await;
        assert_eq!(answer.error(), "invalid_signature");
    }
    let signature = sandbox::providers::stackone::sign(body.as_bytes());
    let headers = [("x-stackone-signature", signature.as_str())];
    for duplicate in [false, true] {
        let answer = send(
            &rig.app,
            request(Method::POST, "/webhooks/stackone", &headers, &body),
        )
        .await;
        assert_eq!(answer.json()["duplicate"], duplicate);
    }
}

#[tokio::test]
async fn beacons_keep_what_pages_report_and_wait_for_more() {
    let live = Live::start().await;
    let (status, _) = live.api("POST", "/api/beacon/b1", json!({"n": 1})).await;
    assert_eq!(status, 204);
    let url = format!("{}/api/beacon/b1", live.app());
    live.post(&url, &[], "plain text".to_owned()).await;
    let (_, read) = live.api("GET", "/api/beacon/b1", Value::Null).await;
    assert_eq!(read["count"], 2);
    assert_eq!(
        (&read["items"][0]["body"]["n"], &read["items"][1]["body"]),
        (&json!(1), &json!("plain text"))
    );

    let (waited, ()) = tokio::join!(
        live.api("GET", "/api/beacon/b2?wait_ms=5000&count=2", Value::Null),
        async {
            for n in 0..2 {
                live.api("POST", "/api/beacon/b2", json!(n)).await;
            }
        }
    );
    assert_eq!(waited.1["count"], 2);
    let (_, in_vain) = live
        .api("GET", "/api/beacon/b3?wait_ms=20", Value::Null)
        .await;
    assert_eq!(in_vain["count"], 0);
    live.api("DELETE", "/api/beacon/b1", Value::Null).await;
    assert_eq!(
        live.api("GET", "/api/beacon/b1", Value::Null).await.1["count"],
        0
    );
    let large = live.post(&url, &[], "x".repeat(20_000)).await;
    assert_eq!(large.status().as_u16(), 413);
}

/// A sandbox whose site is made of two directories and a package.
fn site() -> (tempfile::TempDir, axum::Router) {
    let root = tempfile::tempdir().expect("a directory");
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    };
    write("dist/index.html", "built");
    write("dist/app.js", "1");
    write("www/index.html", "source");
    write("www/react/index.html", "react");
    write("pkg/index.js", "export {}");
    write("pkg/core.wasm", "\0asm");
    let path = |name: &str| root.path().join(name).display().to_string();
    let config = Config::parse_from([
        "sandbox",
        "--site",
        &path("dist"),
        "--site",
        &path("www"),
        "--pkg",
        &path("pkg"),
    ]);
    let sandbox = Sandbox::new(config, Origins::new(4400, 4401));
    let app = sandbox::app_backend::router(sandbox);
    (root, app)
}

async fn fetch(app: &axum::Router, uri: &str) -> crate::common::Answer {
    send(
        app,
        request(
            Method::GET,
            uri,
            &[("if-modified-since", "Wed, 01 Jan 2098 00:00:00 GMT")],
            "",
        ),
    )
    .await
}

#[tokio::test]
async fn files_have_the_right_types_and_are_not_cached() {
    let (_root, app) = site();
    for (uri, text, mime) in [
        ("/", "built", "text/html; charset=utf-8"),
        ("/app.js", "1", "text/javascript; charset=utf-8"),
        ("/react/", "react", "text/html; charset=utf-8"),
        (
            "/pkg/index.js",
            "export {}",
            "text/javascript; charset=utf-8",
        ),
        ("/pkg/core.wasm", "\0asm", "application/wasm"),
    ] {
        let answer = fetch(&app, uri).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (StatusCode::OK, text),
            "{uri}"
        );
        assert_eq!(answer.header("content-type"), mime, "{uri}");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert_eq!(
            (answer.header("etag"), answer.header("last-modified")),
            ("", "")
        );
    }
    assert_eq!(
        fetch(&app, "/missing.js").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        fetch(&app, "/../Cargo.toml").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(fetch(&app, "/api/nothing").await.error(), "not_found");
}

#[tokio::test]
async fn pages_carry_the_headers_that_the_query_asks_for() {
    let (_root, app) = site();
    let csp = async |query: &str| {
        let answer = fetch(&app, &format!("/?{query}")).await;
        answer.header("content-security-policy").to_owned()
    };
    assert_eq!(csp("").await, "");
    let strict = csp("sandbox_csp=strict").await;
    assert!(strict.contains("script-src 'self';") && strict.contains("http://127.0.0.1:4401"));
    assert!(
        csp("sandbox_csp=wasm")
            .await
            .contains("script-src 'self' 'wasm-unsafe-eval';")
    );
    assert!(
        csp("sandbox_csp=trusted-types")
            .await
            .contains("require-trusted-types-for 'script'")
    );
    assert_eq!(
        csp("sandbox_csp=script-src%20%27none%27").await,
        "script-src 'none'"
    );
    assert!(
        csp("sandbox_csp=strict&sandbox_csp_report=r1")
            .await
            .ends_with("; report-uri /api/beacon/r1")
    );
    let coop = fetch(&app, "/?sandbox_coop=same-origin").await;
    assert_eq!(coop.header("cross-origin-opener-policy"), "same-origin");
}

#[tokio::test]
async fn the_config_names_both_origins() {
    let rig = Rig::new();
    let config = send(&rig.app, request(Method::GET, "/api/config", &[], ""))
        .await
        .json();
    assert_eq!(config["app"], "http://localhost:4400");
    assert_eq!(
        config["anny"]["tokenEndpoint"],
        "http://127.0.0.1:4401/oauth/token"
    );
}

#[tokio::test]
async fn a_page_can_ask_before_it_is_left() {
    let root = tempfile::tempdir().expect("a directory");
    std::fs::write(root.path().join("index.html"), "<head></head>é").expect("a file");
    std::fs::write(root.path().join("app.js"), "1").expect("a file");
    let path = root.path().to_string_lossy().into_owned();
    let config = Config::parse_from(["sandbox", "--site", &path, "--pkg", &path]);
    let sandbox = Sandbox::new(config, Origins::new(4400, 4401));
    let app = sandbox::app_backend::router(sandbox.clone());
    let providers = sandbox::providers::router(sandbox);
    let get = async |uri: &str| send(&app, request(Method::GET, uri, &[], "")).await;
    let page = get("/?sandbox_stay=1").await;
    assert_eq!(
        page.text,
        "<head><script src=\"/sandbox-static/stay.js\"></script></head>é"
    );
    assert_eq!(get("/").await.text, "<head></head>é");
    assert_eq!(get("//index.html").await.text, "<head></head>é");
    assert_eq!(get("//").await.text, "<head></head>é");
    assert_eq!(get("/app.js?sandbox_stay=1").await.text, "1");
    let script = get("/sandbox-static/stay.js").await;
    assert!(script.text.contains("beforeunload"));

    // The package is on the providers' origin too, for pages there that use it themselves.
    let package = request(Method::GET, "/pkg/app.js", &[], "");
    let package = send(&providers, package).await;
    assert!(
        package
            .header("content-type")
            .starts_with("text/javascript")
    );
}

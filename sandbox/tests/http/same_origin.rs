//! The authorization servers on the app's own origin, and the app's pages that a sign-in passes.

use crate::common::{APP, Answer, PROVIDERS, Rig, form_text, verified};
use axum::http::StatusCode;
use sandbox::crypto::{base64url, sha256};
use serde_json::{Value, json};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const REDIRECT_URI: &str = "http://localhost:4400/callback.html";
const DETOUR: &str = "/login?error,/login?error=1,/promo?code=X";

/// anny's request, to be put after a path.
fn anny(more: &[(&str, &str)]) -> String {
    let challenge = base64url(&sha256(VERIFIER.as_bytes()));
    let mut params = vec![
        ("client_id", "anny-demo"),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT_URI),
        ("state", "st"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    params.extend(more);
    form_text(&params)
}

/// Follows a detour from its first URL to where it ends, and says which paths it showed.
async fn follow(rig: &Rig, start: &str) -> (Vec<String>, String) {
    let path = start.strip_prefix(APP).expect("on the app's origin");
    let set_out = rig.app_get(path, &[]).await;
    let cookie = set_out.header("set-cookie").to_owned();
    let cookie = cookie.split(';').next().expect("a cookie");
    let mut at = set_out.location();
    let mut shown = Vec::new();
    while let Some(path) = at.strip_prefix(APP) {
        let stop = rig.app_get(path, &[("cookie", cookie)]).await;
        if !stop.text.contains("data-page=\"detour\"") {
            break;
        }
        shown.push(path.to_owned());
        let next = stop.page_data()["next"].as_str().expect("a URL").to_owned();
        assert!(stop.text.contains("Go on"));
        at = next;
    }
    (shown, at)
}

fn passed() -> Vec<String> {
    DETOUR.split(',').map(str::to_owned).collect()
}

fn param(answer: &Answer, name: &str) -> Option<String> {
    answer
        .location_url()
        .query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a_code_is_got_and_redeemed_on_the_apps_own_origin() {
    let rig = Rig::new();
    let start = format!("/same-origin/oauth/authorize?{}", anny(&[]));
    let login = rig.app_get(&start, &[]).await.location();
    assert!(login.starts_with("/same-origin/oauth/flow/"), "{login}");
    assert_eq!(rig.app_get(&login, &[]).await.page(), "login");
    let consent = rig
        .app_post_form(&login, &[("account", "alice")])
        .await
        .location();
    assert_eq!(rig.app_get(&consent, &[]).await.page(), "consent");
    let answer = rig.app_post_form(&consent, &[("decision", "allow")]).await;
    let code = param(&answer, "code").expect("a code");
    assert_eq!(param(&answer, "state").as_deref(), Some("st"));
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "anny-demo"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let token = rig.app_post_form("/same-origin/oauth/token", &form).await;
    assert_eq!(token.status, StatusCode::OK, "{token:?}");
    let bearer = format!("Bearer {}", token.json()["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let me = rig.app_get("/same-origin/api/v1/me", &headers).await;
    assert_eq!(me.json()["data"]["id"], "alice");
}

#[tokio::test]
async fn the_other_servers_stand_there_too() {
    let rig = Rig::new();
    let query = |client, response_type| {
        form_text(&[
            ("client_id", client),
            ("response_type", response_type),
            ("redirect_uri", REDIRECT_URI),
            ("state", "st"),
            ("scope", "openid"),
            ("nonce", "n"),
            ("sandbox_auto", "alice"),
        ])
    };
    let aniapi = format!("/same-origin/v1/oauth?{}", query("aniapi-demo", "token"));
    let answer = rig.app_get(&aniapi, &[]).await.location();
    assert!(answer.contains("#access_token=access_"), "{answer}");

    let issuer = "http://localhost:4400/same-origin/standard";
    let metadata = "/same-origin/standard/.well-known/openid-configuration";
    let metadata = rig.app_get(metadata, &[]).await.json();
    assert_eq!(metadata["issuer"], issuer);
    let by_oauth = "/.well-known/oauth-authorization-server/same-origin/standard";
    assert_eq!(rig.app_get(by_oauth, &[]).await.json(), metadata);
    let authorize = metadata["authorization_endpoint"].as_str().expect("a URL");
    let path = authorize.strip_prefix(APP).expect("on the app's origin");
    let url = format!("{path}?{}", query("standard-demo", "id_token token"));
    let answer = rig.app_get(&url, &[]).await.location_url();
    let sent: Vec<(String, String)> =
        url::form_urlencoded::parse(answer.fragment().expect("a fragment").as_bytes())
            .into_owned()
            .collect();
    let value = |name: &str| &sent.iter().find(|(key, _)| key == name).expect(name).1;
    assert_eq!(value("iss"), issuer);
    let keys = metadata["jwks_uri"].as_str().expect("a URL");
    let path = keys.strip_prefix(APP).expect("on the app's origin");
    let keys = rig.app_get(path, &[]).await.json();
    let claims = verified(&keys, value("id_token"));
    assert_eq!(claims.expect("signed")["iss"], issuer);

    let config = rig.app_get("/api/config", &[]).await.json();
    assert_eq!(config["sameOrigin"]["standard"]["issuer"], issuer);
    let page = rig.app_get("/sandbox-static/sandbox.css", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn a_sign_in_passes_pages_of_the_app_before_the_consent() {
    let rig = Rig::new();
    for base in ["/same-origin", ""] {
        let get = async |uri: &str| match base {
            "" => rig.get(uri).await,
            _ => rig.app_get(uri, &[]).await,
        };
        let query = anny(&[("sandbox_detour", DETOUR)]);
        let login = get(&format!("{base}/oauth/authorize?{query}"))
            .await
            .location();
        let form = [("account", "alice")];
        let signed_in = match base {
            "" => rig.post_form(&login, &form).await,
            _ => rig.app_post_form(&login, &form).await,
        };
        let (shown, end) = follow(&rig, &signed_in.location()).await;
        assert_eq!(shown, passed());
        let origin = if base.is_empty() { PROVIDERS } else { APP };
        let consent = end.strip_prefix(origin).expect("back at the server");
        assert_eq!(get(consent).await.page(), "consent");
    }
}

#[tokio::test]
async fn auto_decides_after_the_detour() {
    let rig = Rig::new();
    for (decision, answer) in [("allow", "code"), ("deny", "error")] {
        let query = anny(&[
            ("sandbox_detour", DETOUR),
            ("sandbox_auto", "alice"),
            ("sandbox_auto_decision", decision),
        ]);
        let start = rig
            .get(&format!("/oauth/authorize?{query}"))
            .await
            .location();
        let (shown, end) = follow(&rig, &start).await;
        assert_eq!(shown, passed());
        let finish = end.strip_prefix(PROVIDERS).expect("back at the provider");
        assert!(param(&rig.get(finish).await, answer).is_some());
    }
}

#[tokio::test]
async fn pages_are_shown_only_to_the_browser_that_passes_them() {
    let rig = Rig::new();
    let query = anny(&[("sandbox_detour", DETOUR), ("sandbox_auto", "alice")]);
    let start = rig
        .get(&format!("/oauth/authorize?{query}"))
        .await
        .location();
    let path = start.strip_prefix(APP).expect("on the app's origin");
    let cookie = rig
        .app_get(path, &[])
        .await
        .header("set-cookie")
        .split(';')
        .next()
        .expect("a cookie")
        .to_owned();
    for (uri, headers) in [
        ("/login?error", vec![]),
        ("/login?error=2", vec![("cookie", cookie.as_str())]),
        ("/login", vec![("cookie", cookie.as_str())]),
    ] {
        let answer = rig.app_get(uri, &headers).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}");
    }
    let gone = rig.app_get("/sandbox/detour/unknown", &[]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn alter_and_anon_pass_the_app_before_they_answer() {
    let rig = Rig::new();
    let switches = json!({"detour": DETOUR, "auto": "alice"});
    let body = json!({"allowed_providers": ["google"], "metadata": {"sandbox": switches}});
    let session = rig.mint(body).await;
    let result = rig.open(session["session_token"].as_str().unwrap()).await;
    let (shown, end) = follow(&rig, &rig.get(&result).await.location()).await;
    assert_eq!(shown, passed());
    assert_eq!(end, format!("{PROVIDERS}{result}"));
    let page = rig.get(&result).await;
    assert_eq!(page.page(), "result");
    assert_eq!(page.page_data()["message"]["type"], "alter_connect_success");

    for (decision, expected) in [("allow", "success"), ("deny", "error")] {
        let query = form_text(&[
            ("app", "instagram"),
            ("appUserId", "u1"),
            ("redirectUrl", REDIRECT_URI),
            ("sandbox_detour", DETOUR),
            ("sandbox_auto", "alice"),
            ("sandbox_auto_decision", decision),
        ]);
        let key = [("authorization", "Bearer anon_sandbox_api_key")];
        let link: Value = rig
            .get_with(&format!("/link/url?{query}"), &key)
            .await
            .json();
        let path = link["url"]
            .as_str()
            .unwrap()
            .strip_prefix(PROVIDERS)
            .unwrap();
        let (shown, end) = follow(&rig, &rig.get(path).await.location()).await;
        assert_eq!(shown, passed());
        let finish = end.strip_prefix(PROVIDERS).expect("back at the provider");
        let answer = rig.get(finish).await;
        assert_eq!(param(&answer, "type").as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn a_page_on_the_way_can_use_the_widget_itself() {
    let rig = Rig::new();
    let query = anny(&[
        ("sandbox_detour", "/spa?error"),
        ("sandbox_detour_ms", "1500"),
        ("sandbox_embeds_widget", "1"),
        ("sandbox_auto", "alice"),
    ]);
    let start = rig
        .get(&format!("/oauth/authorize?{query}"))
        .await
        .location();
    let set_out = rig.app_get(start.strip_prefix(APP).unwrap(), &[]).await;
    let cookie = set_out.header("set-cookie").split(';').next().unwrap();
    let page = rig.app_get("/spa?error", &[("cookie", cookie)]).await;
    assert!(page.text.contains("embedded-widget.js"));
    assert_eq!(page.page_data()["ms"], 1500);
}

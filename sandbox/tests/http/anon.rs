//! Anon Link: links, the dialog, the inner sign-in, the return.

use crate::common::{Answer, Rig};
use axum::http::StatusCode;
use serde_json::json;
use url::Url;

const KEY: (&str, &str) = ("authorization", "Bearer anon_sandbox_api_key");

fn link_url(params: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params)
        .finish();
    format!("/link/url?{query}")
}

const GOOD: [(&str, &str); 4] = [
    ("app", "instagram"),
    ("appUserId", "u1"),
    ("redirectUrl", "http://localhost:4400/back?x=1#frag"),
    ("state", "{\"a\":\"ü&b\"}"),
];

/// A link with the switches given, as a path.
async fn link(rig: &Rig, switches: &[(&str, &str)]) -> String {
    let mut params = GOOD.to_vec();
    params.extend(switches);
    let answer = rig.get_with(&link_url(&params), &[KEY]).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let url = answer.json()["url"].as_str().expect("a URL").to_owned();
    url.strip_prefix(crate::common::PROVIDERS)
        .expect("on the providers' origin")
        .to_owned()
}

fn param(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn the_case_of_the_authentication_scheme_does_not_count() {
    let rig = Rig::new();
    let key = (KEY.0, &*KEY.1.replace("Bearer", "bearer"));
    let answer = rig.get_with(&link_url(&GOOD), &[key]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_link_needs_a_key_and_good_input() {
    let rig = Rig::new();
    let refused = rig
        .get_with(&link_url(&GOOD), &[("authorization", "Bearer wrong")])
        .await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"anon\"");
    assert_eq!(refused.json()["error_code"], "bad_authorization");
    for (name, value) in [
        ("app", "myspace"),
        ("app", ""),
        ("appUserId", ""),
        ("redirectUrl", "/relative"),
        ("redirectUrl", "javascript:alert(1)"),
        ("state", "not json"),
    ] {
        let params = GOOD.map(|(key, good)| {
            if key == name {
                (key, value)
            } else {
                (key, good)
            }
        });
        let answer = rig.get_with(&link_url(&params), &[KEY]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (400, "bad_input"),
            "{name}={value}"
        );
    }
}

#[tokio::test]
async fn the_user_can_be_named_by_token_and_client() {
    let rig = Rig::new();
    let by_token = |client| {
        link_url(&[
            ("app", "gmail"),
            ("appUserIdToken", "jwt"),
            ("clientId", client),
            ("redirectUrl", "http://localhost:4400/"),
        ])
    };
    assert_eq!(
        rig.get_with(&by_token("anon_sandbox_client"), &[KEY])
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        rig.get_with(&by_token("other"), &[KEY]).await.error(),
        "bad_input"
    );
}

#[tokio::test]
async fn the_documented_errors_come_on_demand() {
    let rig = Rig::new();
    for (code, status) in [
        ("bad_input", 400),
        ("bad_authorization", 401),
        ("anon_internal_error", 500),
    ] {
        let mut params = GOOD.to_vec();
        params.extend([("sandbox_error", code), ("sandbox_error_at", "link")]);
        let answer = rig.get_with(&link_url(&params), &[KEY]).await;
        assert_eq!(
            (answer.error().as_str(), answer.status.as_u16()),
            (code, status)
        );

        let path = link(&rig, &[("sandbox_error", code), ("sandbox_auto", "alice")]).await;
        let url = rig.get(&path).await.location_url();
        assert_eq!(param(&url, "type").as_deref(), Some("error"));
        assert_eq!(param(&url, "error_code").as_deref(), Some(code));
    }
}

async fn sign_in(rig: &Rig, path: &str, user: &str) -> Answer {
    rig.post_form(&format!("{path}/signin"), &[("account", user)])
        .await
}

#[tokio::test]
async fn signing_in_links_the_account_and_returns_with_the_state() {
    let rig = Rig::new();
    let path = link(&rig, &[]).await;
    let dialog = rig.get(&path).await;
    assert_eq!(dialog.page(), "anon-dialog");
    assert!(dialog.text.contains("Continue to Instagram"));
    assert_eq!(
        rig.get(&format!("{path}/finish")).await.location(),
        path,
        "not without a sign-in"
    );
    assert_eq!(
        rig.get(&format!("{path}/status")).await.json(),
        json!({"signedIn": false})
    );
    assert_eq!(
        rig.get(&format!("{path}/signin")).await.page(),
        "anon-signin"
    );
    let wrong = rig
        .post_form(
            &format!("{path}/signin"),
            &[("email", "x"), ("password", "y")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    assert_eq!(sign_in(&rig, &path, "alice").await.page(), "anon-signed-in");
    assert_eq!(
        rig.get(&format!("{path}/status")).await.json(),
        json!({"signedIn": true})
    );
    let url = rig.get(&format!("{path}/finish")).await.location_url();
    assert_eq!(param(&url, "x").as_deref(), Some("1"));
    assert_eq!(url.fragment(), Some("frag"));
    assert_eq!(param(&url, "type").as_deref(), Some("success"));
    assert_eq!(param(&url, "state").as_deref(), Some("{\"a\":\"ü&b\"}"));

    let again = rig.get(&path).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.text.contains("This link was used"));
}

#[tokio::test]
async fn cancelling_and_suspended_accounts_are_errors() {
    let rig = Rig::new();
    let path = link(&rig, &[]).await;
    let url = rig
        .post_form(&path, &[("cancel", "1")])
        .await
        .location_url();
    assert_eq!(
        param(&url, "error_code").as_deref(),
        Some("bad_authorization")
    );
    assert!(param(&url, "state").is_some());

    let path = link(&rig, &[]).await;
    sign_in(&rig, &path, "dana").await;
    let url = rig.get(&format!("{path}/finish")).await.location_url();
    assert_eq!(
        param(&url, "error_code").as_deref(),
        Some("anon_internal_error")
    );
}

#[tokio::test]
async fn a_link_expires_in_words() {
    let rig = Rig::new();
    let path = link(&rig, &[("sandbox_expires_in", "30")]).await;
    rig.advance(30);
    let page = rig.get(&path).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.text.contains("This link has expired"));
}

#[tokio::test]
async fn the_state_can_be_bent() {
    let rig = Rig::new();
    for (switch, state) in [("drop", None), ("wrong", Some("{\"wrong\":true}"))] {
        let path = link(
            &rig,
            &[("sandbox_state", switch), ("sandbox_auto", "alice")],
        )
        .await;
        let url = rig.get(&path).await.location_url();
        assert_eq!(param(&url, "state").as_deref(), state);
    }
}

//! Alter Connect: mint, hosted page, results, poll, grants.

use crate::common::{APP, Rig, request, send};
use axum::http::{Method, StatusCode};
use sandbox::crypto::sign_jwt;
use sandbox::providers::alter::{DEMO_KEY, NO_WEBSITE_KEY, USER_TOKEN_KEY};
use serde_json::{Value, json};
use url::Url;

const MINT: &str = "/sdk/oauth/connect/session";

/// Goes through login and consent of one provider and answers where that leads.
async fn decide(rig: &Rig, flow: &str, provider: &str, user: &str, decision: &str) -> String {
    let login = rig
        .post_form(&format!("{flow}/{provider}/login"), &[("account", user)])
        .await;
    assert!(login.location().ends_with("/consent"), "{login:?}");
    let consent = rig.get(&login.location()).await;
    assert_eq!(consent.page(), "consent");
    rig.post_form(&login.location(), &[("decision", decision)])
        .await
        .location()
}

/// Connects the only provider of a session and answers the result page's data.
async fn connect_only(rig: &Rig, token: &str, provider: &str, user: &str, decision: &str) -> Value {
    let login = rig.open(token).await;
    let flow = login
        .strip_suffix(&format!("/{provider}/login"))
        .expect("straight to the provider");
    let result = decide(rig, flow, provider, user, decision).await;
    rig.get(&result).await.page_data()
}

fn token(session: &Value) -> &str {
    session["session_token"].as_str().expect("a token")
}

#[tokio::test]
async fn a_mint_answers_what_the_documentation_says() {
    let rig = Rig::new();
    let session = rig
        .mint(json!({"allowed_providers": ["google"], "unknown_field": 1}))
        .await;
    let url = session["connect_url"].as_str().expect("a URL");
    assert_eq!(
        url,
        format!(
            "http://127.0.0.1:4401/sdk/oauth/connect#session={}",
            token(&session)
        )
    );
    assert_eq!(session["expires_in"], 600);
    assert_eq!(session["single_provider"], true);
    assert_eq!(session["direct"], false);
    assert!(
        session["expires_at"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z'))
    );
}

#[tokio::test]
async fn a_mint_that_is_not_signed_right_is_refused() {
    let rig = Rig::new();
    let unsigned = rig.post_json(MINT, &[], &json!({})).await;
    assert_eq!(
        (unsigned.status, unsigned.error()),
        (StatusCode::UNAUTHORIZED, "invalid_key".into())
    );
    let only_key = rig
        .post_json(MINT, &[("x-api-key", DEMO_KEY)], &json!({}))
        .await;
    assert_eq!(only_key.error(), "missing_signature");
    let headers = rig.signature(DEMO_KEY, MINT, "{}");
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(
        rig.post_json(MINT, &headers, &json!({"a": 1}))
            .await
            .error(),
        "content_hash_mismatch"
    );
    assert_eq!(
        rig.post_json(MINT, &headers, &json!({})).await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        rig.post_json(MINT, &headers, &json!({})).await.error(),
        "nonce_reused"
    );
    let elsewhere = rig
        .post_json("/sdk/grants/list", &headers, &json!({}))
        .await;
    assert_eq!(elsewhere.error(), "invalid_signature");
    rig.advance(301);
    assert_eq!(
        rig.post_json(MINT, &headers, &json!({})).await.error(),
        "signature_expired"
    );
}

#[tokio::test]
async fn a_mint_with_bad_fields_is_refused_with_a_code() {
    let rig = Rig::new();
    for (body, code) in [
        (json!({"allowed_providers": []}), "invalid_request"),
        (json!({"allowed_providers": "google"}), "invalid_request"),
        (
            json!({"allowed_providers": ["myspace"]}),
            "provider_not_configured",
        ),
        (json!({"allowed_origin": "*"}), "invalid_allowed_origin"),
        (
            json!({"allowed_origin": "http://localhost:4400/app"}),
            "invalid_allowed_origin",
        ),
        (json!({"return_url": "/relative"}), "invalid_return_url"),
        (
            json!({"return_url": "javascript:alert(1)"}),
            "invalid_return_url",
        ),
        (json!({"direct": true}), "invalid_request"),
        (
            json!({"required_scopes": {"google": ["drive"]}}),
            "scope_not_allowed",
        ),
        (
            json!({"allowed_providers": ["google"], "repair_grant_id": "nope"}),
            "grant_not_found",
        ),
        (json!({"agent": "bot"}), "agent_requires_user_token"),
        (
            json!({"scope_constraint": ["email"]}),
            "invalid_scope_constraint",
        ),
        (json!({"user_token": "nonsense"}), "jwt_validation_error"),
    ] {
        assert_eq!(rig.signed(MINT, &body).await.error(), code, "{body}");
    }
}

#[tokio::test]
async fn one_provider_goes_straight_on_and_is_told_to_the_allowed_origin() {
    let rig = Rig::new();
    let session = rig
        .mint(json!({"allowed_providers": ["google"], "allowed_origin": "http://localhost:4400/"}))
        .await;
    let data = connect_only(&rig, token(&session), "google", "alice", "allow").await;
    assert_eq!(data["targetOrigin"], "http://localhost:4400");
    assert_eq!(data["returnUrl"], Value::Null);
    let grant = &data["message"]["grants"][0];
    assert_eq!(data["message"]["type"], "alter_connect_success");
    assert_eq!(grant["provider"], "google");
    assert_eq!(grant["provider_name"], "Google");
    assert_eq!(grant["account_identifier"], "alice@example.com");
    assert_eq!(grant["operation"], "creation");
    assert_eq!(grant["status"], "active");
    assert_eq!(grant["scopes"][1], "email");

    let polled = rig.poll(token(&session)).await;
    assert_eq!(polled["status"], "completed");
    assert_eq!(polled["grants"][0]["grant_id"], grant["grant_id"]);
    assert_eq!(polled["grants"][0]["provider_id"], "google");
}

#[tokio::test]
async fn the_website_stands_in_for_an_absent_origin_and_without_both_nobody_is_told() {
    let rig = Rig::new();
    let body = json!({"allowed_providers": ["google"], "allowed_origin": null});
    let session = rig.mint(body.clone()).await;
    let data = connect_only(&rig, token(&session), "google", "alice", "allow").await;
    assert_eq!(data["targetOrigin"], APP);

    let answer = rig.signed_by(NO_WEBSITE_KEY, MINT, &body).await.json();
    let data = connect_only(&rig, token(&answer), "google", "alice", "allow").await;
    assert_eq!(data["targetOrigin"], Value::Null);
    let poll = json!({"session_token": token(&answer)});
    let path = "/sdk/oauth/connect/session/poll";
    let own = rig.signed_by(NO_WEBSITE_KEY, path, &poll).await.json();
    assert_eq!(
        own["status"], "completed",
        "the flow completes all the same"
    );
    let foreign = rig.signed(path, &poll).await.json();
    assert_eq!(foreign["status"], "expired", "another app learns nothing");
}

#[tokio::test]
async fn the_return_url_keeps_its_query_and_fragment() {
    let rig = Rig::new();
    let session = rig
        .mint(json!({
            "allowed_providers": ["slack"],
            "return_url": "http://localhost:4400/app?tab=2&connect_state=s%2B1#/route?x=1",
        }))
        .await;
    let data = connect_only(&rig, token(&session), "slack", "bob", "allow").await;
    let url = Url::parse(data["returnUrl"].as_str().expect("a URL")).expect("a URL");
    assert_eq!(url.fragment(), Some("/route?x=1"));
    assert!(url.query().is_some_and(|query| {
        query.starts_with("tab=2&connect_state=s%2B1&alter_connect_success=true&grant_id=")
    }));
    let value = |name: &str| {
        url.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    assert_eq!(value("provider").as_deref(), Some("slack"));
    assert_eq!(
        value("account_identifier").as_deref(),
        Some("bob@example.com")
    );
    assert_eq!(
        value("scopes").as_deref(),
        Some("users:read,channels:read,chat:write")
    );
}

#[tokio::test]
async fn denying_the_only_provider_ends_the_session() {
    let rig = Rig::new();
    let session = rig
        .mint(json!({"allowed_providers": ["github"], "return_url": "http://localhost:4400/"}))
        .await;
    let data = connect_only(&rig, token(&session), "github", "alice", "deny").await;
    assert_eq!(data["message"]["type"], "alter_connect_error");
    assert_eq!(data["message"]["error"], "connect_denied");
    assert!(
        data["returnUrl"]
            .as_str()
            .is_some_and(|url| url.contains("alter_connect_error=true&error_code=connect_denied"))
    );
    let polled = rig.poll(token(&session)).await;
    assert_eq!(polled["status"], "error");
    assert_eq!(polled["error"]["error_code"], "connect_denied");
}

#[tokio::test]
async fn the_picker_connects_several_and_survives_a_denial() {
    let rig = Rig::new();
    let session = rig
        .mint(json!({"allowed_providers": ["google", "slack", "notion"]}))
        .await;
    let flow = rig.open(token(&session)).await;
    let picker = rig.get(&flow).await;
    assert_eq!(picker.page(), "alter-picker");
    assert!(picker.text.contains("Notion") && !picker.text.contains("HubSpot"));

    let chosen = rig.post_form(&flow, &[("choose", "google")]).await;
    assert_eq!(chosen.location(), format!("{flow}/google/login"));
    assert_eq!(decide(&rig, &flow, "google", "alice", "allow").await, flow);
    assert_eq!(decide(&rig, &flow, "slack", "bob", "deny").await, flow);
    let polled = rig.poll(token(&session)).await;
    assert_eq!(polled["status"], "pending");
    assert_eq!(polled["declined_providers"][0]["provider_id"], "slack");
    assert_eq!(decide(&rig, &flow, "notion", "bob", "allow").await, flow);

    let done = rig.post_form(&flow, &[("choose", "done")]).await.location();
    let message = &rig.get(&done).await.page_data()["message"];
    let providers: Vec<&str> = message["grants"]
        .as_array()
        .expect("grants")
        .iter()
        .filter_map(|grant| grant["provider"].as_str())
        .collect();
    assert_eq!(providers, ["google", "notion"]);
}

#[tokio::test]
async fn cancelling_the_picker_keeps_nothing() {
    let rig = Rig::new();
    let session = rig
        .mint(json!({"allowed_providers": ["google", "slack"]}))
        .await;
    let flow = rig.open(token(&session)).await;
    decide(&rig, &flow, "google", "alice", "allow").await;
    let end = rig
        .post_form(&flow, &[("choose", "cancel")])
        .await
        .location();
    assert_eq!(
        rig.get(&end).await.page_data()["message"]["error"],
        "connect_denied"
    );
    assert_eq!(
        rig.signed("/sdk/grants/list", &json!({})).await.json()["total"],
        0
    );
}

#[tokio::test]
async fn a_token_works_once_and_not_for_ever() {
    let rig = Rig::new();
    let session = rig.mint(json!({"allowed_providers": ["google"]})).await;
    connect_only(&rig, token(&session), "google", "alice", "allow").await;
    let again = rig.open(token(&session)).await;
    let data = rig.get(&again).await.page_data();
    assert_eq!(data["message"]["error"], "invalid_token");
    assert_eq!(data["targetOrigin"], APP, "the app is told");

    let session = rig.mint(json!({"allowed_providers": ["google"]})).await;
    rig.advance(600);
    let late = rig.open(token(&session)).await;
    assert_eq!(
        rig.get(&late).await.page_data()["message"]["error"],
        "invalid_token"
    );
    assert_eq!(rig.poll(token(&session)).await["status"], "expired");

    let unknown = rig.open("sess_made_up").await;
    let page = rig.get(&unknown).await;
    assert_eq!(
        (page.status, page.page()),
        (StatusCode::BAD_REQUEST, "problem")
    );
    assert_eq!(rig.poll("sess_made_up").await["status"], "expired");
}

#[tokio::test]
async fn running_out_in_mid_flow_is_session_expired() {
    let rig = Rig::new();
    let session = rig
        .mint(json!({"allowed_providers": ["google"], "metadata": {"sandbox": {"expires_in": 5}}}))
        .await;
    assert_eq!(session["expires_in"], 5);
    let login = rig.open(token(&session)).await;
    rig.advance(5);
    let end = rig
        .post_form(&login, &[("account", "alice")])
        .await
        .location();
    assert_eq!(
        rig.get(&end).await.page_data()["message"]["error"],
        "session_expired"
    );
}

#[tokio::test]
async fn reloading_a_page_in_mid_flow_changes_nothing() {
    let rig = Rig::new();
    let session = rig.mint(json!({"allowed_providers": ["google"]})).await;
    rig.open(token(&session)).await;
    let data = connect_only(&rig, token(&session), "google", "alice", "allow").await;
    assert_eq!(data["message"]["type"], "alter_connect_success");
}

#[tokio::test]
async fn repairing_keeps_the_grant_id() {
    let rig = Rig::new();
    let session = rig.mint(json!({"allowed_providers": ["google"]})).await;
    let first = connect_only(&rig, token(&session), "google", "alice", "allow").await;
    let id = first["message"]["grants"][0]["grant_id"].clone();

    let repair = rig
        .mint(json!({"allowed_providers": ["google"], "repair_grant_id": id}))
        .await;
    let login = rig.open(token(&repair)).await;
    let other = rig.post_form(&login, &[("account", "bob")]).await;
    assert_eq!(
        other.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "only the same account repairs"
    );
    assert!(other.text.contains("belongs to alice@example.com"));
    let data = connect_only(&rig, token(&repair), "google", "alice", "allow").await;
    assert_eq!(data["message"]["grants"][0]["grant_id"], id);
    assert_eq!(data["message"]["grants"][0]["operation"], "reauth");
}

#[tokio::test]
async fn an_account_that_the_same_user_holds_comes_back_with_its_id() {
    let rig = Rig::new();
    let user = |sub: &str| sign_jwt(&json!({"sub": sub}), USER_TOKEN_KEY);
    let mut ids = Vec::new();
    for (sub, operation) in [("u1", "creation"), ("u1", "reauth"), ("u2", "creation")] {
        let session = rig
            .mint(json!({"allowed_providers": ["google"], "user_token": user(sub)}))
            .await;
        let data = connect_only(&rig, token(&session), "google", "alice", "allow").await;
        let grant = &data["message"]["grants"][0];
        assert_eq!(grant["operation"], operation, "{sub}");
        ids.push(grant["grant_id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);

    let listed = rig
        .signed("/sdk/grants/list", &json!({"user_token": user("u2")}))
        .await
        .json();
    assert_eq!(
        (&listed["total"], &listed["grants"][0]["grant_id"]),
        (&json!(1), &ids[2])
    );
}

#[tokio::test]
async fn a_revoked_grant_is_gone() {
    let rig = Rig::new();
    let session = rig.mint(json!({"allowed_providers": ["google"]})).await;
    let data = connect_only(&rig, token(&session), "google", "alice", "allow").await;
    let id = data["message"]["grants"][0]["grant_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/sdk/oauth/grants/{id}/revoke");
    assert_eq!(rig.signed(&path, &json!({})).await.json()["success"], true);
    assert_eq!(
        rig.signed(&path, &json!({})).await.error(),
        "grant_not_found"
    );
    let active = rig
        .signed("/sdk/grants/list", &json!({"status": "active"}))
        .await
        .json();
    assert_eq!(active["total"], 0);
    let session = rig.mint(json!({"allowed_providers": ["google"]})).await;
    let data = connect_only(&rig, token(&session), "google", "alice", "allow").await;
    assert_eq!(data["message"]["grants"][0]["operation"], "creation");
}

#[tokio::test]
async fn a_suspended_account_and_the_switch_error_are_provider_errors() {
    let rig = Rig::new();
    let session = rig.mint(json!({"allowed_providers": ["google"]})).await;
    let data = connect_only(&rig, token(&session), "google", "dana", "allow").await;
    assert_eq!(data["message"]["error"], "provider_error");
    let switches = json!({"error": "temporarily_unavailable", "error_description": "Later."});
    let session = rig
        .mint(json!({"allowed_providers": ["google"], "metadata": {"sandbox": switches}}))
        .await;
    let data = connect_only(&rig, token(&session), "google", "alice", "allow").await;
    assert_eq!(data["message"]["error"], "temporarily_unavailable");
    assert_eq!(data["message"]["error_description"], "Later.");
}

#[tokio::test]
async fn auto_goes_through_by_itself() {
    let rig = Rig::new();
    let switches = json!({"auto": "bob", "auto_providers": ["slack", "notion"]});
    let session = rig.mint(json!({"metadata": {"sandbox": switches}})).await;
    let data = rig.get(&rig.open(token(&session)).await).await.page_data();
    let grants = data["message"]["grants"].as_array().expect("grants").len();
    assert_eq!(grants, 2);
    let session = rig
        .mint(json!({"metadata": {"sandbox": {"auto": "bob", "auto_decision": "deny"}}}))
        .await;
    let data = rig.get(&rig.open(token(&session)).await).await.page_data();
    assert_eq!(data["message"]["error"], "connect_denied");
}

#[tokio::test]
async fn the_switches_reach_the_last_page() {
    let rig = Rig::new();
    let switches = json!({
        "auto": "bob", "coop": "same-origin", "coop_from": "result", "delay_ms": 50, "never": true,
        "close": true, "duplicate": true, "foreign_messages": true, "malformed": "empty",
    });
    let session = rig.mint(json!({"metadata": {"sandbox": switches}})).await;
    let page = rig.get(&rig.open(token(&session)).await).await;
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    let data = page.page_data();
    assert_eq!(data["message"]["grants"], json!([]));
    assert_eq!(
        [
            &data["delayMs"],
            &data["never"],
            &data["close"],
            &data["duplicate"],
            &data["foreign"]
        ],
        [
            &json!(50),
            &json!(true),
            &json!("after"),
            &json!(true),
            &json!(1)
        ]
    );
}

#[tokio::test]
async fn the_first_page_keeps_the_token_out_of_its_url_and_can_sever_at_once() {
    let rig = Rig::new();
    let page = rig.get("/sdk/oauth/connect").await;
    assert_eq!(
        (page.page(), page.header("cross-origin-opener-policy")),
        ("alter-start", "")
    );
    assert!(
        page.header("content-security-policy")
            .contains("script-src 'self'")
    );
    let severed = rig.get("/sandbox/coop/same-origin/sdk/oauth/connect").await;
    assert_eq!(severed.header("cross-origin-opener-policy"), "same-origin");
}

#[tokio::test]
async fn a_wrong_password_is_said_and_consent_needs_a_login() {
    let rig = Rig::new();
    let session = rig.mint(json!({"allowed_providers": ["google"]})).await;
    let login = rig.open(token(&session)).await;
    let wrong = rig
        .post_form(
            &login,
            &[("email", "alice@example.com"), ("password", "guess")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("match no test account"));
    let consent = login.replace("/login", "/consent");
    assert_eq!(rig.get(&consent).await.location(), login);
    assert_eq!(
        rig.post_form(&consent, &[("decision", "allow")])
            .await
            .location(),
        login
    );
}

#[tokio::test]
async fn what_does_not_exist_is_said_in_json() {
    let rig = Rig::new();
    let (gone, unplayed) = (StatusCode::NOT_FOUND, StatusCode::NOT_IMPLEMENTED);
    for (path, status, code) in [
        ("/sdk/token", unplayed, "not_implemented"),
        ("/nothing", gone, "not_found"),
    ] {
        let answer = send(&rig.providers, request(Method::POST, path, &[], "")).await;
        assert_eq!((answer.status, answer.error()), (status, code.into()));
    }
    let large = "x".repeat(70_000);
    let answer = send(
        &rig.providers,
        request(Method::POST, MINT, &[("x-api-key", DEMO_KEY)], &large),
    )
    .await;
    assert_eq!(
        (answer.status, answer.error()),
        (StatusCode::PAYLOAD_TOO_LARGE, "too_large".into())
    );
    let answer = send(&rig.providers, request(Method::GET, MINT, &[], "")).await;
    assert_eq!(
        (answer.status, answer.error()),
        (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed".into())
    );
}

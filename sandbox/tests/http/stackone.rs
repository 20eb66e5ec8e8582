//! StackOne: connect sessions, the Hub, accounts. Webhooks are in `app.rs`, where somebody listens.

use crate::common::{Answer, PROVIDERS, Rig, request, send};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

/// base64 of `stackone_sandbox_api_key:`.
const KEY: (&str, &str) = (
    "authorization",
    "Basic c3RhY2tvbmVfc2FuZGJveF9hcGlfa2V5Og==",
);

async fn create(rig: &Rig, more: Value) -> Answer {
    let mut body = json!({"origin_owner_id": "customer-1", "origin_owner_name": "Customer One"});
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    rig.post_json("/connect_sessions", &[KEY], &body).await
}

/// A session's link as a path. The webhook is left out, since nobody listens.
async fn link(rig: &Rig, mut more: Value) -> String {
    more["sandbox"]["webhook"] = "never".into();
    let answer = create(rig, more).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let url = answer.json()["auth_link_url"]
        .as_str()
        .expect("a URL")
        .to_owned();
    url.strip_prefix(PROVIDERS)
        .expect("on the providers' origin")
        .to_owned()
}

async fn accounts(rig: &Rig, query: &str) -> Value {
    rig.get_with(&format!("/accounts?{query}"), &[KEY])
        .await
        .json()
}

#[tokio::test]
async fn a_session_answers_every_documented_field() {
    let rig = Rig::new();
    let asked = json!({"categories": ["crm"], "label": "main", "origin_username": "ann", "metadata": {"k": 1}});
    let answer = create(&rig, asked).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let body = answer.json();
    for field in [
        "id",
        "organization_id",
        "project_id",
        "origin_owner_id",
        "origin_owner_name",
        "origin_username",
        "categories",
        "provider",
        "account_id",
        "label",
        "created_at",
        "token",
        "auth_link_url",
    ] {
        assert!(body.get(field).is_some(), "{field} is missing");
    }
    // Its published client refuses numbers that are texts.
    assert!(body["id"].is_u64() && body["organization_id"].is_u64());
    assert_eq!(body["categories"], json!(["crm"]));
    assert_eq!(body["label"], "main");
}

#[tokio::test]
async fn what_may_be_left_out_may_be_null() {
    let rig = Rig::new();
    for field in [
        "origin_username",
        "categories",
        "provider",
        "account_id",
        "expires_in",
        "metadata",
        "multiple",
        "label",
    ] {
        let answer = create(&rig, json!({field: null})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{field}: {answer:?}");
    }
}

#[tokio::test]
async fn the_case_of_the_authentication_scheme_does_not_count() {
    let rig = Rig::new();
    let key = (KEY.0, &*KEY.1.replace("Basic", "basic"));
    let answer = rig.get_with("/accounts?origin_owner_id=x", &[key]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_needs_a_key_and_good_input() {
    let rig = Rig::new();
    let refused = rig.post_json("/connect_sessions", &[], &json!({})).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.header("www-authenticate").starts_with("Basic"));
    // What its published client reads of every refusal.
    let unknown = rig.get_with("/accounts/none", &[(KEY.0, KEY.1)]).await;
    for (answer, status) in [(&refused, 401), (&unknown, 404)] {
        let body = answer.json();
        assert_eq!(body["statusCode"], status);
        assert!(body["message"].is_string() && body["timestamp"].is_string());
    }
    for (bad, error) in [
        (json!({"origin_owner_id": ""}), "invalid_request"),
        (json!({"origin_owner_name": " "}), "invalid_request"),
        (json!({"expires_in": 0}), "invalid_request"),
        (json!({"expires_in": 2_592_001}), "invalid_request"),
        (json!({"categories": ["games"]}), "invalid_request"),
        (json!({"provider": "myspace"}), "invalid_request"),
        (json!({"account_id": "nope"}), "account_not_found"),
        (json!({"multiple": "yes"}), "invalid_request"),
    ] {
        assert_eq!(create(&rig, bad.clone()).await.error(), error, "{bad}");
    }
}

#[tokio::test]
async fn the_hub_filters_by_category_and_search() {
    let rig = Rig::new();
    let path = link(&rig, json!({})).await;
    let all = rig.get(&path).await;
    assert_eq!(all.page(), "hub");
    assert!(all.text.contains("Greenhouse") && all.text.contains("HubSpot"));
    let crm = rig.get(&format!("{path}?category=crm")).await.text;
    assert!(!crm.contains("Greenhouse") && crm.contains("HubSpot"));
    let search = rig.get(&format!("{path}?q=sales")).await.text;
    assert!(
        search.contains("data-name=\"Salesforce\"") && !search.contains("data-name=\"HubSpot\"")
    );
    let path = link(&rig, json!({"categories": ["ats"]})).await;
    let ats = rig.get(&path).await.text;
    assert!(ats.contains("Greenhouse") && !ats.contains("data-name=\"HubSpot\""));
    let other = rig.get(&format!("{path}/connect/hubspot")).await;
    assert_eq!(
        other.status,
        StatusCode::NOT_FOUND,
        "what the link does not offer cannot be connected"
    );
}

#[tokio::test]
async fn an_api_key_connects_an_account_once() {
    let rig = Rig::new();
    let path = link(&rig, json!({"provider": "greenhouse"})).await;
    let form = rig.get(&path).await.location();
    assert_eq!(rig.get(&form).await.page(), "hub-connect");
    for wrong in ["short", "a-wrong-key"] {
        let answer = rig.post_form(&form, &[("api_key", wrong)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("does not accept this API key"));
    }
    let done = rig
        .post_form(&form, &[("api_key", "0123456789"), ("label", "Hiring")])
        .await
        .location();
    assert!(
        rig.get(&done)
            .await
            .text
            .contains("Greenhouse is connected")
    );
    let listed = accounts(&rig, "origin_owner_id=customer-1").await;
    assert_eq!(listed[0]["provider"], "greenhouse");
    assert_eq!(listed[0]["label"], "Hiring");
    assert_eq!(accounts(&rig, "origin_owner_id=other").await, json!([]));
    let again = rig.get(&path).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.text.contains("This link was used"));
}

#[tokio::test]
async fn an_oauth_connector_asks_for_login_and_consent() {
    let rig = Rig::new();
    let path = link(&rig, json!({"provider": "hubspot"})).await;
    let form = rig.get(&path).await.location();
    assert!(rig.get(&form).await.text.contains("You sign in to HubSpot"));
    let login = format!("{form}/login");
    assert_eq!(rig.get(&format!("{form}/consent")).await.location(), login);
    let consent = rig
        .post_form(&login, &[("account", "alice")])
        .await
        .location();
    let denied = rig.post_form(&consent, &[("decision", "deny")]).await;
    assert_eq!(denied.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(denied.text.contains("You denied access"));
    let done = rig
        .post_form(&consent, &[("decision", "allow")])
        .await
        .location();
    assert_eq!(rig.get(&done).await.page(), "hub-done");
    assert_eq!(
        accounts(&rig, "provider=hubspot").await[0]["origin_username"],
        "alice@example.com"
    );
}

#[tokio::test]
async fn a_suspended_account_can_be_changed_for_another() {
    let rig = Rig::new();
    let path = link(&rig, json!({"provider": "hubspot"})).await;
    let form = rig.get(&path).await.location();
    let consent = rig
        .post_form(&format!("{form}/login"), &[("account", "dana")])
        .await
        .location();
    let answer = rig.post_form(&consent, &[("decision", "allow")]).await;
    assert!(answer.text.contains("suspended"));
    assert_eq!(accounts(&rig, "").await, json!([]));
}

#[tokio::test]
async fn an_expired_link_says_so() {
    let rig = Rig::new();
    let path = link(&rig, json!({"expires_in": 2})).await;
    rig.advance(2);
    let page = rig.get(&path).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.text.contains("This link has expired"));
    let unknown = rig.get("/auth-link/made-up").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn multiple_keeps_the_link_good() {
    let rig = Rig::new();
    let path = link(&rig, json!({"multiple": true, "categories": ["ats"]})).await;
    for connector in ["lever", "ashby"] {
        let form = format!("{path}/connect/{connector}");
        let done = rig
            .post_form(&form, &[("api_key", "0123456789")])
            .await
            .location();
        assert!(rig.get(&done).await.text.contains("Connect another"));
    }
    assert_eq!(accounts(&rig, "").await.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn editing_updates_the_same_account() {
    let rig = Rig::new();
    let path = link(&rig, json!({"provider": "lever"})).await;
    let form = rig.get(&path).await.location();
    rig.post_form(&form, &[("api_key", "0123456789"), ("label", "Old")])
        .await;
    let id = accounts(&rig, "").await[0]["id"].clone();

    let path = link(&rig, json!({"account_id": id})).await;
    let form = rig.get(&path).await.location();
    assert!(form.ends_with("/connect/lever"));
    assert!(rig.get(&form).await.text.contains("Save"));
    rig.post_form(&form, &[("api_key", "9876543210"), ("label", "New")])
        .await;
    let listed = accounts(&rig, "").await;
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&listed[0]["id"], &listed[0]["label"]),
        (&id, &json!("New"))
    );

    let uri = format!("/accounts/{}", id.as_str().expect("an id"));
    assert_eq!(rig.get_with(&uri, &[KEY]).await.json()["label"], "New");
    let deleted = send(&rig.providers, request(Method::DELETE, &uri, &[KEY], "")).await;
    assert_eq!(deleted.status, StatusCode::OK);
    assert_eq!(
        rig.get_with(&uri, &[KEY]).await.error(),
        "account_not_found"
    );
}

#[tokio::test]
async fn the_dashboard_makes_links_by_hand() {
    let rig = Rig::new();
    assert_eq!(rig.get("/admin/auth-links").await.page(), "admin");
    let fields = [
        ("origin_owner_id", "customer-2"),
        ("origin_owner_name", "Two"),
        ("category", "crm"),
    ];
    let page = rig.post_form("/admin/auth-links", &fields).await;
    let (_, rest) = page.text.split_once(PROVIDERS).expect("the link");
    let path = rest.split('"').next().expect("its path");
    rig.advance(29 * 24 * 3_600);
    assert!(rig.get(path).await.text.contains("HubSpot"));
    rig.advance(24 * 3_600);
    assert_eq!(rig.get(path).await.status, StatusCode::GONE);
    let empty = rig
        .post_form("/admin/auth-links", &[("origin_owner_id", "")])
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_switches_fail_or_stay() {
    let rig = Rig::new();
    for (switches, status, page) in [
        (
            json!({"auto": "alice", "error": "provider_down"}),
            502,
            "problem",
        ),
        (json!({"auto": "alice", "never": true}), 200, "hub-waiting"),
        (
            json!({"auto": "alice", "auto_decision": "deny"}),
            200,
            "hub-done",
        ),
    ] {
        let path = link(&rig, json!({"sandbox": switches})).await;
        let answer = rig.get(&path).await;
        assert_eq!((answer.status.as_u16(), answer.page()), (status, page));
        assert_eq!(accounts(&rig, "").await, json!([]));
    }
}

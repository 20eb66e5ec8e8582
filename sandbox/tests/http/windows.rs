//! What providers do with windows: a further one, none at all, one that uses the widget itself, one that frames the app.

use crate::common::{APP, PROVIDERS, Rig, form_text};
use axum::http::StatusCode;
use serde_json::{Value, json};

const REDIRECT_URI: &str = "http://localhost:4400/callback.html";

/// AniAPI's request with the switches given.
fn aniapi(switches: &[(&str, &str)]) -> String {
    let mut params = vec![
        ("client_id", "aniapi-demo"),
        ("response_type", "token"),
        ("redirect_uri", REDIRECT_URI),
        ("state", "st"),
    ];
    params.extend(switches);
    format!("/v1/oauth?{}", form_text(&params))
}

/// The path of an Anon link with the switches given.
async fn anon(rig: &Rig, switches: &[(&str, &str)]) -> String {
    let mut params = vec![
        ("app", "instagram"),
        ("appUserId", "u1"),
        (
            "redirectUrl",
            "http://localhost:4400/back?connect_state=s1&x=1",
        ),
    ];
    params.extend(switches);
    let url = format!("/link/url?{}", form_text(&params));
    let key = [("authorization", "Bearer anon_sandbox_api_key")];
    let link = rig.get_with(&url, &key).await.json();
    let url = link["url"].as_str().expect("a URL");
    url.strip_prefix(PROVIDERS).expect("a path").to_owned()
}

/// Where Alter's page goes on, for a session with the switches given.
async fn alter(rig: &Rig, switches: Value) -> String {
    let body = json!({
        "allowed_providers": ["google"],
        "return_url": "http://localhost:4400/app?connect_state=s1&x=1#/route",
        "metadata": {"sandbox": switches},
    });
    let session = rig.mint(body).await;
    rig.open(session["session_token"].as_str().expect("a token"))
        .await
}

fn next(page: &crate::common::Answer) -> String {
    page.page_data()["next"].as_str().expect("a URL").to_owned()
}

#[tokio::test]
async fn an_oauth_sign_in_ends_in_a_further_window() {
    let rig = Rig::new();
    let first = rig
        .get(&aniapi(&[("sandbox_further_window", "1")]))
        .await
        .location();
    let page = rig.get(&first).await;
    assert_eq!(page.page(), "further");
    assert!(page.text.contains("Continue in a new window"));
    assert_eq!(page.page_data()["auto"], false);
    assert_eq!(rig.get(&next(&page)).await.page(), "login");

    let switches = [
        ("sandbox_further_window", "close,noopener"),
        ("sandbox_auto", "alice"),
    ];
    let page = rig.get(&rig.get(&aniapi(&switches)).await.location()).await;
    let data = page.page_data();
    assert_eq!(
        (&data["auto"], &data["close"], &data["noopener"]),
        (&json!(true), &json!(true), &json!(true))
    );
    let end = rig.get(&next(&page)).await.location();
    assert!(end.starts_with(&format!("{REDIRECT_URI}#access_token=")));
}

#[tokio::test]
async fn alter_and_anon_end_in_a_further_window() {
    let rig = Rig::new();
    let first = alter(&rig, json!({"further_window": true})).await;
    let page = rig.get(&first).await;
    assert_eq!(page.page(), "further");
    assert_eq!(rig.get(&next(&page)).await.page(), "login");
    let first = alter(&rig, json!({"further_window": true, "auto": "alice"})).await;
    let result = rig.get(&next(&rig.get(&first).await)).await;
    assert_eq!(result.page(), "result");
    assert_eq!(result.page_data()["further"], true);

    let path = anon(&rig, &[("sandbox_further_window", "1")]).await;
    let dialog = rig.get(&path).await;
    assert_eq!(
        (dialog.page(), &dialog.page_data()["further"]),
        ("anon-dialog", &json!(true))
    );
    let signed_in = rig
        .post_form(&format!("{path}/signin"), &[("account", "alice")])
        .await;
    assert_eq!(signed_in.page_data()["further"], true);
    let switches = [("sandbox_further_window", "1"), ("sandbox_auto", "alice")];
    let page = rig.get(&anon(&rig, &switches).await).await;
    assert_eq!(page.page(), "further");
    let end = rig.get(&next(&page)).await.location();
    assert!(end.contains("type=success"), "{end}");
}

#[tokio::test]
async fn no_content_leaves_the_page_where_it_is() {
    let rig = Rig::new();
    let switch = [("sandbox_no_content", "1")];
    for path in [
        aniapi(&switch),
        anon(&rig, &switch).await,
        "/sandbox/no-content/sdk/oauth/connect".to_owned(),
    ] {
        let answer = rig.get(&path).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}");
    }
}

#[tokio::test]
async fn pages_can_use_the_widget_themselves() {
    let rig = Rig::new();
    let uses = |page: &crate::common::Answer| {
        page.text.contains("/sandbox-static/embedded-widget.js")
            && page
                .header("content-security-policy")
                .contains("'wasm-unsafe-eval'")
    };
    let plain = rig.get(&rig.get(&aniapi(&[])).await.location()).await;
    assert!(!uses(&plain));
    let login = rig
        .get(&aniapi(&[("sandbox_embeds_widget", "code=abc")]))
        .await
        .location();
    assert!(login.contains("&state=st&"), "{login}");
    assert!(login.ends_with("&code=abc"), "{login}");
    assert!(uses(&rig.get(&login).await));
    let consent = rig
        .post_form(&login, &[("account", "alice")])
        .await
        .location();
    assert!(uses(&rig.get(&consent).await));

    let login = alter(&rig, json!({"embeds_widget": "alter_connect_error=true"})).await;
    assert!(
        login.ends_with("/login?alter_connect_error=true"),
        "{login}"
    );
    assert!(uses(&rig.get(&login).await));
    let consent = rig
        .post_form(&login, &[("account", "alice")])
        .await
        .location();
    assert!(uses(&rig.get(&consent).await));
    assert!(uses(&rig.get("/sandbox/embedded?code=x&state=y").await));
    let script = rig.get("/sandbox-static/embedded-widget.js").await;
    assert!(script.text.contains("/pkg/index.js"));
}

#[tokio::test]
async fn another_site_frames_the_app_and_nothing_else() {
    let rig = Rig::new();
    let page = rig
        .get("/sandbox/frame?src=/%3Fx%3D1&sandbox=allow-scripts")
        .await;
    assert!(
        page.text.contains(&format!("src=\"{APP}/?x=1\"")),
        "{}",
        page.text
    );
    assert!(page.text.contains("sandbox=\"allow-scripts\""));
    assert!(
        page.header("content-security-policy")
            .contains(&format!("frame-src {APP};"))
    );
    let whole = rig.get(&format!("/sandbox/frame?src={APP}/react/")).await;
    assert!(whole.text.contains(&format!("src=\"{APP}/react/\"")));
    for other in [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "javascript:1",
    ] {
        let page = rig.get(&format!("/sandbox/frame?src={other}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{other}");
    }
}

#[tokio::test]
async fn the_binding_in_the_return_url_comes_back_goes_missing_or_changes() {
    let rig = Rig::new();
    for (switches, expected) in [
        (json!({}), Some("s1")),
        (json!({"drop_connect_state": true}), None),
        (json!({"connect_state": "other"}), Some("other")),
    ] {
        for decision in ["allow", "deny"] {
            let mut all = switches.clone();
            all["auto"] = "alice".into();
            all["auto_decision"] = decision.into();
            let result = rig.get(&alter(&rig, all).await).await;
            let url = result.page_data()["returnUrl"]
                .as_str()
                .expect("a URL")
                .to_owned();
            assert_eq!(binding(&url).as_deref(), expected, "{decision}: {url}");
            assert!(url.contains("x=1") && url.ends_with("#/route"), "{url}");
        }
        let mut query = vec![("sandbox_auto", "alice")];
        let text = switches["connect_state"].as_str().unwrap_or_default();
        if switches["drop_connect_state"] == true {
            query.push(("sandbox_drop_connect_state", "1"));
        } else if !text.is_empty() {
            query.push(("sandbox_connect_state", text));
        }
        let url = rig.get(&anon(&rig, &query).await).await.location();
        assert_eq!(binding(&url).as_deref(), expected, "{url}");
        assert!(
            url.contains("x=1&") && url.contains("type=success"),
            "{url}"
        );
    }
}

fn binding(url: &str) -> Option<String> {
    url::Url::parse(url)
        .expect("a URL")
        .query_pairs()
        .find(|(name, _)| name == "connect_state")
        .map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn an_error_that_the_widget_has_a_code_for_is_passed_on_as_it_is() {
    let rig = Rig::new();
    for code in ["popup_closed", "aborted", "timeout"] {
        let switches = [("sandbox_error", code), ("sandbox_auto", "alice")];
        let oauth = rig.get(&aniapi(&switches)).await.location();
        assert!(oauth.contains(&format!("#error={code}&")), "{oauth}");
        let anon = rig.get(&anon(&rig, &switches).await).await.location();
        assert!(
            anon.contains(&format!("type=error&error_code={code}")),
            "{anon}"
        );
        let alter = alter(&rig, json!({"error": code, "auto": "alice"})).await;
        let data = rig.get(&alter).await.page_data();
        assert_eq!(data["message"]["error"], code);
    }
}

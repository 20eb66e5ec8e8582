//! AniAPI, anny and the strict server: authorization requests, responses, tokens.

use crate::common::{Answer, Rig, decoded, form_text, request, send, verified};
use axum::http::{Method, StatusCode};
use sandbox::crypto::{base64url, sha256};
use serde_json::{Value, json};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const REDIRECT_URI: &str = "http://localhost:4400/callback.html";

/// An authorization URL with these parameters.
fn url(path: &str, params: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params)
        .finish();
    format!("{path}?{query}")
}

/// anny's request with the switches given.
fn anny(switches: &[(&str, &str)]) -> String {
    let challenge = base64url(&sha256(VERIFIER.as_bytes()));
    let mut params = vec![
        ("client_id", "anny-demo"),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT_URI),
        ("state", "a b&c"),
        ("scope", ""),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    params.extend(switches);
    url("/oauth/authorize", &params)
}

fn standard(response_type: &str, more: &[(&str, &str)]) -> String {
    let mut params = vec![
        ("client_id", "standard-demo"),
        ("response_type", response_type),
        ("redirect_uri", REDIRECT_URI),
        ("state", "st"),
        ("sandbox_auto", "alice"),
    ];
    params.extend(more);
    url("/standard/authorize", &params)
}

fn aniapi(more: &[(&str, &str)]) -> String {
    let mut params = vec![
        ("client_id", "aniapi-demo"),
        ("response_type", "token"),
        ("redirect_uri", REDIRECT_URI),
        ("state", "st"),
    ];
    params.extend(more);
    url("/v1/oauth", &params)
}

/// The parameters of the response, wherever they are.
fn params(text: Option<&str>) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

fn query(answer: &Answer, name: &str) -> Option<String> {
    let url = answer.location_url();
    params(url.query())
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

fn fragment(answer: &Answer, name: &str) -> Option<String> {
    let url = answer.location_url();
    params(url.fragment())
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

/// A fresh code for anny's public client.
async fn code(rig: &Rig, switches: &[(&str, &str)]) -> String {
    let mut all = vec![("sandbox_auto", "alice")];
    all.extend(switches);
    let answer = rig.get(&anny(&all)).await;
    query(&answer, "code").expect("a code")
}

async fn redeem(rig: &Rig, code: &str, changes: Value) -> Answer {
    let mut body = json!({
        "grant_type": "authorization_code",
        "client_id": "anny-demo",
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    });
    for (name, value) in changes.as_object().expect("an object") {
        body[name] = value.clone();
    }
    rig.post_json("/oauth/token", &[], &body).await
}

async fn refresh(rig: &Rig, token: &Value) -> Answer {
    let body =
        json!({"grant_type": "refresh_token", "client_id": "anny-demo", "refresh_token": token});
    rig.post_json("/oauth/token", &[], &body).await
}

async fn me(rig: &Rig, path: &str, token: &str) -> Answer {
    rig.get_with(path, &[("authorization", &format!("Bearer {token}"))])
        .await
}

#[tokio::test]
async fn aniapi_answers_a_bare_token_and_the_state_as_it_came() {
    let rig = Rig::new();
    let start = rig.get(&aniapi(&[("state", "ignored")])).await;
    assert_eq!(query(&start, "error"), None);
    assert_eq!(
        fragment(&start, "error").as_deref(),
        Some("invalid_request"),
        "a doubled state is refused"
    );

    let login = rig.get(&aniapi(&[])).await.location();
    assert_eq!(rig.get(&login).await.page(), "login");
    let consent = rig
        .post_form(&login, &[("account", "alice")])
        .await
        .location();
    assert_eq!(rig.get(&consent).await.page(), "consent");
    let answer = rig.post_form(&consent, &[("decision", "allow")]).await;
    let url = answer.location_url();
    let fragment = url.fragment().expect("a fragment").to_owned();
    let (token, state) = fragment.split_once("&state=").expect("token, then state");
    assert_eq!(state, "st");
    let token = token
        .strip_prefix("access_token=")
        .expect("nothing but the token");
    let me = me(&rig, "/v1/auth/me", token).await;
    assert_eq!(me.json()["data"]["username"], "alice");
    let again = rig.post_form(&consent, &[("decision", "allow")]).await;
    assert_eq!(again.status, StatusCode::GONE, "one request, one answer");
}

#[tokio::test]
async fn aniapi_sends_state_back_unescaped() {
    let rig = Rig::new();
    let request = url(
        "/v1/oauth",
        &[
            ("client_id", "aniapi-demo"),
            ("response_type", "token"),
            ("redirect_uri", REDIRECT_URI),
            ("state", "a+b=c&d"),
            ("sandbox_auto", "alice"),
        ],
    );
    let answer = rig.get(&request).await;
    assert!(
        answer.location().ends_with("&state=a+b=c&d"),
        "{}",
        answer.location()
    );
}

#[tokio::test]
async fn an_unknown_client_or_redirect_uri_is_never_redirected() {
    let rig = Rig::new();
    for (client, redirect_uri) in [
        ("nobody", REDIRECT_URI),
        ("anny-demo", REDIRECT_URI),
        ("aniapi-demo", "http://localhost:4400/callback.html?x=1"),
        ("aniapi-demo", "https://attacker.example/"),
        ("aniapi-demo", ""),
    ] {
        let request = url(
            "/v1/oauth",
            &[
                ("client_id", client),
                ("redirect_uri", redirect_uri),
                ("response_type", "token"),
            ],
        );
        let answer = rig.get(&request).await;
        assert_eq!(
            (answer.status, answer.page()),
            (StatusCode::BAD_REQUEST, "problem"),
            "{request}"
        );
    }
}

#[tokio::test]
async fn other_faults_of_the_request_go_back_with_the_state() {
    let rig = Rig::new();
    let ask = |params: &[(&str, &str)]| {
        let mut all = vec![
            ("client_id", "anny-demo"),
            ("redirect_uri", REDIRECT_URI),
            ("state", "st"),
        ];
        all.extend(params);
        url("/oauth/authorize", &all)
    };
    let long = "x".repeat(43);
    for (params, error) in [
        (vec![], "invalid_request"),
        (
            vec![("response_type", "device")],
            "unsupported_response_type",
        ),
        (vec![("response_type", "code")], "invalid_request"),
        (
            vec![("response_type", "code"), ("code_challenge", &long)],
            "invalid_request",
        ),
        (
            vec![
                ("response_type", "code"),
                ("code_challenge", &long),
                ("code_challenge_method", "plain"),
            ],
            "invalid_request",
        ),
        (
            vec![
                ("response_type", "code"),
                ("code_challenge", "short"),
                ("code_challenge_method", "S256"),
            ],
            "invalid_request",
        ),
    ] {
        let answer = rig.get(&ask(&params)).await;
        let found = query(&answer, "error").or(fragment(&answer, "error"));
        assert_eq!(found.as_deref(), Some(error), "{params:?}");
        assert_eq!(
            query(&answer, "state")
                .or(fragment(&answer, "state"))
                .as_deref(),
            Some("st")
        );
    }
}

#[tokio::test]
async fn only_who_asks_for_a_token_is_told_errors_in_the_fragment() {
    let rig = Rig::new();
    for (path, client) in [
        ("/v1/oauth", "aniapi-demo"),
        ("/oauth/authorize", "anny-demo"),
        ("/standard/authorize", "standard-demo"),
    ] {
        for (response_type, error, in_fragment) in [
            (None, "invalid_request", false),
            (Some(""), "invalid_request", false),
            (Some("device"), "unsupported_response_type", false),
            (Some("code token"), "unsupported_response_type", true),
            (Some("id_token"), "unsupported_response_type", true),
        ] {
            let mut params = vec![("client_id", client), ("redirect_uri", REDIRECT_URI)];
            params.extend(response_type.map(|asked| ("response_type", asked)));
            let answer = rig.get(&url(path, &params)).await;
            let (there, elsewhere) = match in_fragment {
                true => (fragment(&answer, "error"), query(&answer, "error")),
                false => (query(&answer, "error"), fragment(&answer, "error")),
            };
            assert_eq!(
                (there.as_deref(), elsewhere),
                (Some(error), None),
                "{path}: {response_type:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_authorization_request_may_be_posted() {
    let rig = Rig::new();
    let form = [
        ("client_id", "standard-demo"),
        ("response_type", "token"),
        ("redirect_uri", REDIRECT_URI),
        ("state", "a b&c"),
    ];
    let login = rig.post_form("/standard/authorize", &form).await.location();
    assert_eq!(rig.get(&login).await.page(), "login");
    let with_switch = "/standard/authorize?sandbox_auto=alice";
    let answer = rig.post_form(with_switch, &form).await;
    assert!(fragment(&answer, "access_token").is_some());
    assert_eq!(fragment(&answer, "state").as_deref(), Some("a b&c"));
    let no_form = rig
        .post_json(
            "/standard/authorize",
            &[],
            &json!({"client_id": "standard-demo"}),
        )
        .await;
    assert!(no_form.status.is_client_error());
}

#[tokio::test]
async fn prompt_none_shows_no_page() {
    let rig = Rig::new();
    let ask = |path: &str, client: &str, more: &[(&str, &str)]| {
        let mut params = vec![
            ("client_id", client),
            ("response_type", "token"),
            ("redirect_uri", REDIRECT_URI),
            ("state", "st"),
        ];
        params.extend(more);
        url(path, &params)
    };
    let standard = |more: &[(&str, &str)]| ask("/standard/authorize", "standard-demo", more);
    for (prompt, error) in [
        ("none", "login_required"),
        ("login none", "invalid_request"),
    ] {
        let answer = rig.get(&standard(&[("prompt", prompt)])).await;
        assert_eq!(fragment(&answer, "error").as_deref(), Some(error));
        assert_eq!(fragment(&answer, "state").as_deref(), Some("st"));
    }
    let signed_in = [("prompt", "none"), ("sandbox_auto", "alice")];
    let answer = rig.get(&standard(&signed_in)).await;
    assert!(fragment(&answer, "access_token").is_some());
    for shown in [
        standard(&[("prompt", "login consent")]),
        ask("/v1/oauth", "aniapi-demo", &[("prompt", "none")]),
    ] {
        let login = rig.get(&shown).await.location();
        assert_eq!(rig.get(&login).await.page(), "login", "{shown}");
    }
}

#[tokio::test]
async fn user_info_is_answered_to_get_and_post() {
    let rig = Rig::new();
    let answer = rig.get(&standard("token", &[])).await;
    let bearer = format!(
        "Bearer {}",
        fragment(&answer, "access_token").expect("a token")
    );
    for method in [Method::GET, Method::POST] {
        let headers = [("authorization", bearer.as_str())];
        let request = request(method.clone(), "/standard/userinfo", &headers, "");
        let answer = send(&rig.providers, request).await;
        assert_eq!(answer.status, StatusCode::OK, "{method}");
        assert_eq!(answer.json()["sub"], "alice");
    }
}

#[tokio::test]
async fn a_resource_names_no_error_where_no_token_was_sent() {
    let rig = Rig::new();
    for path in ["/v1/auth/me", "/api/v1/me", "/standard/userinfo"] {
        for headers in [vec![], vec![("authorization", "Basic eDp5")]] {
            let answer = rig.get_with(path, &headers).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            let challenge = answer.header("www-authenticate");
            assert_eq!(challenge, "Bearer realm=\"sandbox\"", "{path}");
            assert_eq!(answer.text, "");
            assert_eq!(answer.header("access-control-allow-origin"), "*");
        }
        let wrong = me(&rig, path, "wrong").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            wrong.header("www-authenticate"),
            "Bearer error=\"invalid_token\""
        );
    }
}

#[tokio::test]
async fn no_cache_keeps_what_the_token_endpoint_answers() {
    let rig = Rig::new();
    let code = code(&rig, &[]).await;
    let mut answers = vec![
        redeem(&rig, &code, json!({})).await,
        redeem(&rig, &code, json!({})).await,
    ];
    for spoilt in [
        "token?sandbox_error=invalid_grant",
        "token?sandbox_body=array",
        "token?sandbox_body=error_object",
        "token?sandbox_status=503",
        "redirected-token",
    ] {
        let url = format!("/oauth/{spoilt}");
        answers.push(rig.post_json(&url, &[], &json!({})).await);
    }
    for answer in answers {
        assert_eq!(
            (answer.header("cache-control"), answer.header("pragma")),
            ("no-store", "no-cache"),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn what_the_framework_refuses_is_an_error_that_a_page_can_read() {
    let rig = Rig::new();
    let large = "x".repeat(70_000);
    for endpoint in ["/standard/token", "/oauth/token", "/standard/revoke"] {
        for (method, body, status) in [
            (Method::GET, "", StatusCode::METHOD_NOT_ALLOWED),
            (Method::PUT, "", StatusCode::METHOD_NOT_ALLOWED),
            (Method::POST, large.as_str(), StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            let answer = send(&rig.providers, request(method, endpoint, &[], body)).await;
            assert_eq!(
                (answer.status, answer.error()),
                (status, "invalid_request".into())
            );
            assert!(answer.json()["error_description"].is_string());
            assert_eq!(answer.header("access-control-allow-origin"), "*");
            assert_eq!(answer.header("cache-control"), "no-store");
            if status == StatusCode::METHOD_NOT_ALLOWED {
                // RFC 9110 section 15.5.6.
                assert!(answer.header("allow").contains("POST"), "{endpoint}");
            }
        }
    }
    for other in ["/standard/userinfo", "/api/v1/me", "/v1/auth/me"] {
        let answer = send(&rig.providers, request(Method::PUT, other, &[], "")).await;
        assert_eq!(answer.error(), "method_not_allowed");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{other}");
    }
}

/// RFC 6749 section 5.2: `error_description` has printable ASCII, without quotation marks and backslashes.
#[tokio::test]
async fn the_words_of_an_error_are_in_ascii() {
    let rig = Rig::new();
    let tokens = tokens_of(&rig, "standard-demo", None).await;
    let refresh = tokens["refresh_token"].as_str().expect("a token");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "standard-demo"),
        ("refresh_token", refresh),
        ("scope", "more"),
    ];
    let code = code(&rig, &[]).await;
    redeem(&rig, &code, json!({})).await;
    for answer in [
        rig.post_json("/standard/token", &[], &json!({})).await,
        rig.post_form("/standard/token", &form).await,
        redeem(&rig, &code, json!({})).await,
    ] {
        let body = answer.json();
        let words = body["error_description"].as_str().expect("words");
        let fits = |char: char| matches!(char, ' '..='~') && !matches!(char, '"' | '\\');
        assert!(words.chars().all(fits), "{words}");
    }
}

#[tokio::test]
async fn the_case_of_a_media_type_does_not_count() {
    let rig = Rig::new();
    let mime = "Application/X-WWW-Form-URLEncoded; Charset=UTF-8";
    let form = "grant_type=refresh_token&client_id=standard-demo&refresh_token=unknown";
    let asked = request(
        Method::POST,
        "/standard/token",
        &[("content-type", mime)],
        form,
    );
    assert_eq!(send(&rig.providers, asked).await.error(), "invalid_grant");
}

#[tokio::test]
async fn anny_exchanges_json_for_camel_case() {
    let rig = Rig::new();
    let code = code(&rig, &[]).await;
    let answer = redeem(&rig, &code, json!({})).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let body = answer.json();
    let names: Vec<&String> = body.as_object().expect("an object").keys().collect();
    assert_eq!(
        names,
        ["access_token", "refresh_token", "expiresIn", "expiresAt"]
    );
    assert_eq!(body["expiresIn"], 1440);
    assert!(
        body["expiresAt"]
            .as_str()
            .is_some_and(|at| at.ends_with("+00:00"))
    );
    let me = me(
        &rig,
        "/api/v1/me",
        body["access_token"].as_str().expect("a token"),
    )
    .await;
    assert_eq!(
        me.json()["data"]["attributes"]["email"],
        "alice@example.com"
    );
}

#[tokio::test]
async fn the_state_comes_back_in_the_query() {
    let rig = Rig::new();
    let answer = rig.get(&anny(&[("sandbox_auto", "alice")])).await;
    assert_eq!(query(&answer, "state").as_deref(), Some("a b&c"));
    assert_eq!(query(&answer, "iss"), None);
    assert_eq!(answer.location_url().fragment(), None);
}

#[tokio::test]
async fn denial_and_suspended_accounts_are_errors() {
    let rig = Rig::new();
    let denied = rig
        .get(&anny(&[
            ("sandbox_auto", "alice"),
            ("sandbox_auto_decision", "deny"),
        ]))
        .await;
    assert_eq!(query(&denied, "error").as_deref(), Some("access_denied"));
    let suspended = rig.get(&anny(&[("sandbox_auto", "dana")])).await;
    assert_eq!(query(&suspended, "error").as_deref(), Some("server_error"));
    let cancelled = rig.get(&anny(&[])).await.location();
    let cancelled = rig.post_form(&cancelled, &[("cancel", "1")]).await;
    assert_eq!(query(&cancelled, "error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn a_code_is_bound_to_everything() {
    let rig = Rig::new();
    for (changes, error, status) in [
        (json!({"code_verifier": "wrong"}), "invalid_grant", 400),
        (json!({"code_verifier": null}), "invalid_request", 400),
        (
            json!({"redirect_uri": "http://localhost:4400/"}),
            "invalid_grant",
            400,
        ),
        (json!({"code": "unknown"}), "invalid_grant", 400),
        (json!({"code": null}), "invalid_request", 400),
        (json!({"client_id": "nobody"}), "invalid_client", 401),
        (json!({"client_id": "anny-backend"}), "invalid_client", 401),
        (
            json!({"client_id": "anny-backend", "client_secret": "anny-backend-secret"}),
            "invalid_grant",
            400,
        ),
        (
            json!({"grant_type": "password"}),
            "unsupported_grant_type",
            400,
        ),
        (json!({"grant_type": null}), "invalid_request", 400),
    ] {
        let code = code(&rig, &[]).await;
        let answer = redeem(&rig, &code, changes.clone()).await;
        assert_eq!(
            (answer.error().as_str(), answer.status.as_u16()),
            (error, status),
            "{changes}"
        );
        assert!(answer.json()["error_description"].is_string());
    }
    let code = code(&rig, &[]).await;
    rig.advance(60);
    assert_eq!(
        redeem(&rig, &code, json!({})).await.error(),
        "invalid_grant",
        "codes live 60 s"
    );
}

#[tokio::test]
async fn a_code_used_twice_revokes_what_it_got() {
    let rig = Rig::new();
    let code = code(&rig, &[]).await;
    let tokens = redeem(&rig, &code, json!({})).await.json();
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(me(&rig, "/api/v1/me", access).await.status, StatusCode::OK);
    assert_eq!(
        redeem(&rig, &code, json!({})).await.error(),
        "invalid_grant"
    );
    let refused = me(&rig, "/api/v1/me", access).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
    assert_eq!(
        refresh(&rig, &tokens["refresh_token"]).await.error(),
        "invalid_grant"
    );
}

#[tokio::test]
async fn refresh_tokens_rotate_and_reuse_revokes_the_family() {
    let rig = Rig::new();
    let code = code(&rig, &[]).await;
    let first = redeem(&rig, &code, json!({})).await.json();
    let second = refresh(&rig, &first["refresh_token"]).await.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(
        refresh(&rig, &first["refresh_token"]).await.error(),
        "invalid_grant"
    );
    assert_eq!(
        refresh(&rig, &second["refresh_token"]).await.error(),
        "invalid_grant"
    );
    let access = second["access_token"].as_str().expect("a token");
    assert_eq!(
        me(&rig, "/api/v1/me", access).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn rotation_can_be_switched_off() {
    let rig = Rig::new();
    let code = code(&rig, &[]).await;
    let first = redeem(&rig, &code, json!({})).await.json();
    let body = json!({"grant_type": "refresh_token", "client_id": "anny-demo", "refresh_token": first["refresh_token"]});
    for _ in 0..2 {
        let answer = rig
            .post_json("/oauth/token?sandbox_rotate=off", &[], &body)
            .await
            .json();
        assert_eq!(answer["refresh_token"], first["refresh_token"]);
    }
}

#[tokio::test]
async fn access_tokens_expire() {
    let rig = Rig::new();
    let code = code(&rig, &[("sandbox_expires_in", "90")]).await;
    let tokens = redeem(&rig, &code, json!({})).await.json();
    assert_eq!(tokens["expiresIn"], 2, "anny counts minutes");
    rig.advance(90);
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(
        me(&rig, "/api/v1/me", access).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_strict_server_speaks_rfc_6749() {
    let rig = Rig::new();
    let challenge = base64url(&sha256(VERIFIER.as_bytes()));
    let more = [
        ("scope", "openid email"),
        ("nonce", "n1"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let answer = rig.get(&standard("code", &more)).await;
    assert_eq!(
        query(&answer, "iss").as_deref(),
        Some("http://127.0.0.1:4401/standard")
    );
    let code = query(&answer, "code").expect("a code");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "standard-demo"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let json_body = rig
        .post_json(
            "/standard/token",
            &[],
            &json!({"grant_type": "authorization_code"}),
        )
        .await;
    assert_eq!(json_body.error(), "invalid_request", "JSON is not RFC 6749");
    let doubled = [
        ("client_id", "standard-demo"),
        ("client_id", "standard-demo"),
    ];
    assert_eq!(
        rig.post_form("/standard/token", &doubled).await.error(),
        "invalid_request"
    );

    let tokens = rig.post_form("/standard/token", &form).await.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(tokens["scope"], "openid email");
    let keys = rig.get("/standard/jwks").await.json();
    let id_token = tokens["id_token"].as_str().expect("an ID token");
    assert_eq!(verified(&keys, id_token).expect("signed")["nonce"], "n1");
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(
        me(&rig, "/standard/userinfo", access).await.json()["sub"],
        "alice"
    );
    assert_eq!(
        me(&rig, "/api/v1/me", access).await.status,
        StatusCode::UNAUTHORIZED,
        "tokens are not shared"
    );
}

#[tokio::test]
async fn the_strict_server_answers_implicit_requests_in_the_fragment() {
    let rig = Rig::new();
    let answer = rig.get(&standard("token", &[("scope", "email")])).await;
    assert_eq!(answer.location_url().query(), None);
    assert_eq!(fragment(&answer, "token_type").as_deref(), Some("Bearer"));
    assert_eq!(fragment(&answer, "expires_in").as_deref(), Some("3600"));
    assert_eq!(fragment(&answer, "scope").as_deref(), Some("email"));

    let without = rig.get(&standard("id_token token", &[])).await;
    assert_eq!(
        fragment(&without, "error").as_deref(),
        Some("invalid_request"),
        "nonce is required"
    );
    let answer = rig
        .get(&standard("token id_token", &[("nonce", "n-1")]))
        .await;
    let (claims, _) = id_claims(&rig, &answer).await;
    assert_eq!(
        (&claims["nonce"], &claims["aud"]),
        (&json!("n-1"), &json!("standard-demo"))
    );
}

#[tokio::test]
async fn confidential_clients_need_their_secret() {
    let rig = Rig::new();
    let request = url(
        "/standard/authorize",
        &[
            ("client_id", "standard-backend"),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT_URI),
            ("sandbox_auto", "alice"),
        ],
    );
    for (auth, status) in [("standard-backend-secret", 200), ("wrong", 401)] {
        let code = query(&rig.get(&request).await, "code").expect("a code");
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", REDIRECT_URI),
        ];
        let credentials = standard_base64(&format!("standard-backend:{auth}"));
        let answer = token(&rig, &format!("Basic {credentials}"), &form).await;
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
    }
}

/// A token request of a client that authenticates by that header.
async fn token(rig: &Rig, authorization: &str, form: &[(&str, &str)]) -> Answer {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("authorization", authorization),
    ];
    let request = request(Method::POST, "/standard/token", &headers, &form_text(form));
    send(&rig.providers, request).await
}

#[tokio::test]
async fn the_client_in_the_body_is_the_one_in_the_header() {
    let rig = Rig::new();
    let credentials = standard_base64("standard-backend:standard-backend-secret");
    let asked_as = async |client_id: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", "unknown"),
            ("client_id", client_id),
        ];
        let answer = token(&rig, &format!("Basic {credentials}"), &form).await;
        (answer.status.as_u16(), answer.error())
    };
    assert_eq!(
        asked_as("standard-demo").await,
        (400, "invalid_request".to_owned())
    );
    assert_eq!(
        asked_as("standard-backend").await,
        (400, "invalid_grant".to_owned())
    );
}

#[tokio::test]
async fn the_case_of_an_authentication_scheme_does_not_count() {
    let rig = Rig::new();
    let credentials = standard_base64("standard-backend:standard-backend-secret");
    for scheme in ["Basic", "basic", "BASIC "] {
        let form = [("grant_type", "authorization_code"), ("code", "unknown")];
        let answer = token(&rig, &format!("{scheme} {credentials}"), &form).await;
        assert_eq!(answer.error(), "invalid_grant", "{scheme}");
    }
    let aniapi = rig.get(&aniapi(&[("sandbox_auto", "alice")])).await;
    let anny = redeem(&rig, &code(&rig, &[]).await, json!({})).await.json();
    let standard = rig.get(&standard("token", &[])).await;
    for (path, token) in [
        ("/v1/auth/me", fragment(&aniapi, "access_token")),
        (
            "/api/v1/me",
            anny["access_token"].as_str().map(str::to_owned),
        ),
        ("/standard/userinfo", fragment(&standard, "access_token")),
    ] {
        let bearer = format!("bearer {}", token.expect("a token"));
        let answer = rig.get_with(path, &[("authorization", &bearer)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
}

fn standard_base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[tokio::test]
async fn responses_can_be_bent() {
    let rig = Rig::new();
    let bent = async |switches: &[(&str, &str)]| {
        let mut all = vec![("sandbox_auto", "alice")];
        all.extend(switches);
        rig.get(&anny(&all)).await
    };
    assert_eq!(
        query(&bent(&[("sandbox_state", "drop")]).await, "state"),
        None
    );
    assert_ne!(
        query(&bent(&[("sandbox_state", "wrong")]).await, "state").as_deref(),
        Some("a b&c")
    );
    assert_eq!(
        query(&bent(&[("sandbox_iss", "true")]).await, "iss").as_deref(),
        Some("http://127.0.0.1:4401")
    );
    assert_eq!(
        query(&bent(&[("sandbox_iss", "wrong")]).await, "iss").as_deref(),
        Some("https://attacker.example")
    );
    let misplaced = bent(&[("sandbox_response_mode", "fragment")]).await;
    assert!(query(&misplaced, "code").is_none() && fragment(&misplaced, "code").is_some());
    let doubled = bent(&[("sandbox_duplicate_params", "1")])
        .await
        .location_url();
    assert_eq!(
        doubled
            .query_pairs()
            .filter(|(name, _)| name == "code")
            .count(),
        2
    );
    let error = bent(&[("sandbox_error", "temporarily_unavailable")]).await;
    assert_eq!(
        query(&error, "error").as_deref(),
        Some("temporarily_unavailable")
    );
    let refused = code(&rig, &[("sandbox_token_error", "slow_down")]).await;
    assert_eq!(redeem(&rig, &refused, json!({})).await.error(), "slow_down");
}

#[tokio::test]
async fn a_page_of_its_own_delays_or_severs() {
    let rig = Rig::new();
    for switches in [
        vec![("sandbox_delay_ms", "10")],
        vec![("sandbox_never", "1")],
        vec![("sandbox_close", "before")],
        vec![("sandbox_coop", "same-origin")],
    ] {
        let mut all = vec![("sandbox_auto", "alice")];
        all.extend(&switches);
        let page = rig.get(&anny(&all)).await;
        assert_eq!(
            (page.status, page.page()),
            (StatusCode::OK, "result"),
            "{switches:?}"
        );
        assert!(
            page.page_data()["next"]
                .as_str()
                .is_some_and(|next| next.contains("code="))
        );
        let coop = if switches[0].0 == "sandbox_coop" {
            "same-origin"
        } else {
            ""
        };
        assert_eq!(page.header("cross-origin-opener-policy"), coop);
    }
    let login = rig
        .get(&anny(&[("sandbox_coop", "same-origin")]))
        .await
        .location();
    assert_eq!(
        rig.get(&login).await.header("cross-origin-opener-policy"),
        "same-origin"
    );
}

#[tokio::test]
async fn the_token_endpoint_fails_as_its_url_says() {
    let rig = Rig::new();
    let ask = async |query: &str| {
        rig.post_json(&format!("/oauth/token?{query}"), &[], &json!({}))
            .await
    };
    assert_eq!(
        ask("sandbox_error=invalid_grant").await.error(),
        "invalid_grant"
    );
    assert_eq!(
        ask("sandbox_status=503").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(
        ask("sandbox_status=400").await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(ask("sandbox_body=html").await.text.starts_with("<!doctype"));
    assert_eq!(ask("sandbox_body=empty").await.text, "");
    assert!(
        ask("sandbox_body=malformed")
            .await
            .header("content-type")
            .contains("json")
    );
    assert_eq!(
        ask("sandbox_cors=off")
            .await
            .header("access-control-allow-origin"),
        ""
    );
    for (query, allowed) in [("", "*"), ("?sandbox_cors=off", "")] {
        let preflight = request(Method::OPTIONS, &format!("/oauth/token{query}"), &[], "");
        let answer = send(&rig.providers, preflight).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
    }
}

#[tokio::test]
async fn tests_can_register_clients() {
    let rig = Rig::new();
    let body = json!({"provider": "aniapi", "client_id": "mine", "redirect_uris": ["http://localhost:9999/cb"]});
    assert_eq!(
        rig.post_json("/sandbox/clients", &[], &body).await.status,
        StatusCode::CREATED
    );
    let request = url(
        "/v1/oauth",
        &[
            ("client_id", "mine"),
            ("redirect_uri", "http://localhost:9999/cb"),
            ("response_type", "token"),
            ("sandbox_auto", "bob"),
        ],
    );
    assert!(
        rig.get(&request)
            .await
            .location()
            .starts_with("http://localhost:9999/cb#access_token=")
    );
    for bad in [
        json!({"provider": "nobody", "redirect_uris": []}),
        json!({"provider": "anny", "redirect_uris": ["relative"]}),
        json!({"provider": "anny", "redirect_uris": ["http://x.example/#fragment"]}),
    ] {
        let answer = rig.post_json("/sandbox/clients", &[], &bad).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn the_metadata_says_what_the_server_does() {
    let rig = Rig::new();
    let metadata = rig
        .get("/standard/.well-known/openid-configuration")
        .await
        .json();
    // RFC 8414 section 3.1 puts the issuer's path behind.
    let by_oauth = "/.well-known/oauth-authorization-server/standard";
    assert_eq!(rig.get(by_oauth).await.json(), metadata);
    assert_eq!(metadata["issuer"], "http://127.0.0.1:4401/standard");
    assert_eq!(metadata["request_uri_parameter_supported"], false);
    assert_eq!(
        metadata["authorization_response_iss_parameter_supported"],
        true
    );
}

#[tokio::test]
async fn a_parameter_that_would_replace_others_is_not_ignored() {
    let rig = Rig::new();
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        let answer = rig.get(&standard("token", &[(name, "x")])).await;
        assert_eq!(fragment(&answer, "error").as_deref(), Some(error));
        assert_eq!(fragment(&answer, "state").as_deref(), Some("st"));
        // Servers that speak OAuth alone do not know it.
        let auto = ("sandbox_auto", "alice");
        let answer = rig.get(&aniapi(&[(name, "x"), auto])).await;
        assert!(fragment(&answer, "access_token").is_some());
    }
}

/// What the strict server gives a client.
async fn tokens_of(rig: &Rig, client: &str, secret: Option<&str>) -> Value {
    let challenge = base64url(&sha256(VERIFIER.as_bytes()));
    let query = url(
        "/standard/authorize",
        &[
            ("client_id", client),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid"),
            ("max_age", "60"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("sandbox_auto", "alice"),
        ],
    );
    let answer = rig.get(&query).await.location_url();
    let code = params(answer.query()).remove(0).1;
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    form.extend(secret.map(|secret| ("client_secret", secret)));
    rig.post_form("/standard/token", &form).await.json()
}

async fn refreshed(rig: &Rig, client: &str, tokens: &Value) -> Answer {
    let token = tokens["refresh_token"].as_str().expect("a token");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", token),
    ];
    rig.post_form("/standard/token", &form).await
}

#[tokio::test]
async fn an_id_token_says_when_the_user_signed_in_refreshed_or_not() {
    let rig = Rig::new();
    let tokens = tokens_of(&rig, "standard-demo", None).await;
    let keys = rig.get("/standard/jwks").await.json();
    let claims = |tokens: &Value| {
        let token = tokens["id_token"].as_str().expect("an ID token");
        verified(&keys, token).expect("signed")
    };
    let first = claims(&tokens);
    assert_eq!(first["auth_time"], first["iat"]);
    rig.advance(100);
    let tokens = refreshed(&rig, "standard-demo", &tokens).await.json();
    let second = claims(&tokens);
    assert_eq!(second["auth_time"], first["auth_time"]);
    assert_ne!(second["iat"], first["iat"]);
}

#[tokio::test]
async fn tokens_can_be_revoked_by_their_client_alone() {
    let rig = Rig::new();
    let tokens = tokens_of(&rig, "standard-demo", None).await;
    let text = |name: &str| tokens[name].as_str().expect("a token");
    let revoke = |client: &'static str, token: String| {
        let rig = &rig;
        async move {
            let form = [("client_id", client), ("token", token.as_str())];
            rig.post_form("/standard/revoke", &form).await
        }
    };
    let (access, refresh) = (text("access_token"), text("refresh_token"));
    let by_another = revoke("standard-backend", refresh.to_owned()).await;
    assert_eq!(by_another.error(), "invalid_client", "without its secret");
    let form = [
        ("client_id", "standard-backend"),
        ("client_secret", "standard-backend-secret"),
        ("token", refresh),
    ];
    let by_another = rig.post_form("/standard/revoke", &form).await;
    assert_eq!(by_another.error(), "invalid_grant");
    let unknown = revoke("standard-demo", "unknown".to_owned()).await;
    assert_eq!(unknown.status, StatusCode::OK);
    assert_eq!(unknown.header("content-type"), "application/json");
    let missing = revoke("standard-demo", String::new()).await;
    assert_eq!(missing.error(), "invalid_request");

    let user = "/standard/userinfo";
    assert_eq!(me(&rig, user, access).await.status, StatusCode::OK);
    let answer = revoke("standard-demo", access.to_owned()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        me(&rig, user, access).await.status,
        StatusCode::UNAUTHORIZED
    );
    let tokens = refreshed(&rig, "standard-demo", &tokens).await.json();
    let again = tokens["access_token"].as_str().expect("a token");
    assert_eq!(me(&rig, user, again).await.status, StatusCode::OK);
    let refresh = tokens["refresh_token"].as_str().expect("a token");
    let answer = revoke("standard-demo", refresh.to_owned()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(me(&rig, user, again).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        refreshed(&rig, "standard-demo", &tokens).await.error(),
        "invalid_grant"
    );
}

/// The claims of the ID token in a fragment, and the access token beside it.
async fn id_claims(rig: &Rig, answer: &Answer) -> (Value, String) {
    let id_token = fragment(answer, "id_token").expect("an ID token");
    let keys = rig.get("/standard/jwks").await.json();
    let claims = verified(&keys, &id_token).expect("signed");
    (claims, fragment(answer, "access_token").expect("a token"))
}

#[tokio::test]
async fn id_tokens_are_signed_with_a_published_key() {
    let rig = Rig::new();
    let metadata = rig
        .get("/standard/.well-known/openid-configuration")
        .await
        .json();
    assert_eq!(metadata["jwks_uri"], "http://127.0.0.1:4401/standard/jwks");
    assert_eq!(
        metadata["id_token_signing_alg_values_supported"],
        json!(["RS256"])
    );
    let answer = rig.get("/standard/jwks").await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let keys = answer.json();
    let key = keys["keys"][0].as_object().expect("a key");
    let names: Vec<&String> = key.keys().collect();
    assert_eq!(
        names,
        ["kty", "n", "e", "alg", "use", "kid"],
        "nothing of the private half"
    );
    let modulus = decoded(key["n"].as_str().expect("a modulus"));
    assert_eq!(modulus.len(), 256);

    let answer = rig
        .get(&standard("id_token token", &[("nonce", "n")]))
        .await;
    let token = fragment(&answer, "id_token").expect("an ID token");
    let header = decoded(token.split('.').next().expect("a header"));
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    assert_eq!((&header["alg"], &header["kid"]), (&key["alg"], &key["kid"]));
    assert_eq!(verified(&keys, &token).expect("signed")["sub"], "alice");
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    assert_eq!(verified(&keys, &format!("{signed}A.{signature}")), None);
}

#[tokio::test]
async fn an_id_token_is_bound_to_the_access_token_beside_it() {
    let rig = Rig::new();
    let answer = rig
        .get(&standard("id_token token", &[("nonce", "n")]))
        .await;
    let (claims, access) = id_claims(&rig, &answer).await;
    assert_eq!(
        claims["at_hash"],
        base64url(&sha256(access.as_bytes())[..16])
    );
}

#[tokio::test]
async fn the_strict_server_answers_in_the_response_mode_asked_for() {
    let rig = Rig::new();
    let challenge = base64url(&sha256(VERIFIER.as_bytes()));
    let code = |mode: &'static str| {
        standard(
            "code",
            &[
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
                ("response_mode", mode),
            ],
        )
    };
    let answer = rig.get(&code("fragment")).await;
    assert!(fragment(&answer, "code").is_some() && query(&answer, "code").is_none());
    assert!(query(&rig.get(&code("query")).await, "code").is_some());
    let refused = rig.get(&code("form_post")).await;
    assert_eq!(query(&refused, "error").as_deref(), Some("invalid_request"));
    let refused = rig
        .get(&standard("token", &[("response_mode", "query")]))
        .await;
    assert!(query(&refused, "access_token").is_none());
    assert_eq!(query(&refused, "error").as_deref(), Some("invalid_request"));
    let ignored = rig
        .get(&anny(&[
            ("response_mode", "fragment"),
            ("sandbox_auto", "alice"),
        ]))
        .await;
    assert!(query(&ignored, "code").is_some());
}

#[tokio::test]
async fn a_refresh_can_narrow_its_scope_and_not_widen_it() {
    let rig = Rig::new();
    let challenge = base64url(&sha256(VERIFIER.as_bytes()));
    let request = standard(
        "code",
        &[
            ("scope", "openid read write"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ],
    );
    let code = query(&rig.get(&request).await, "code").expect("a code");
    let post = async |form: &[(&str, &str)]| {
        let mut all = vec![("client_id", "standard-demo")];
        all.extend(form);
        rig.post_form("/standard/token", &all).await
    };
    let first = post(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ])
    .await
    .json();
    let token = |answer: &Value| answer["refresh_token"].as_str().expect("one").to_owned();
    let again = async |refresh: &str, scope: &str| {
        post(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("scope", scope),
        ])
        .await
    };
    let wider = again(&token(&first), "read admin").await;
    assert_eq!(
        (wider.status.as_u16(), wider.error().as_str()),
        (400, "invalid_scope")
    );
    let narrow = again(&token(&first), "read").await.json();
    assert_eq!(narrow["scope"], "read");
    assert!(narrow.get("id_token").is_none());
    let whole = again(&token(&narrow), "").await.json();
    assert_eq!(whole["scope"], "openid read write");
}

#[tokio::test]
async fn the_token_endpoint_errs_in_the_shapes_of_real_servers() {
    let rig = Rig::new();
    let ask = async |query: &str| {
        rig.post_json(&format!("/oauth/token?{query}"), &[], &json!({}))
            .await
    };
    for (query, status, path) in [
        ("sandbox_body=error_code_msg", 400, "/error_code"),
        ("sandbox_body=error_code_msg", 400, "/msg"),
        ("sandbox_body=error_object", 400, "/error/message"),
        ("sandbox_body=message", 429, "/message"),
        ("sandbox_body=message&sandbox_status=403", 403, "/message"),
        ("sandbox_body=errors", 400, "/errors/0/detail"),
        ("sandbox_body=problem", 400, "/detail"),
        ("sandbox_error=slow_down&sandbox_status=200", 200, "/error"),
    ] {
        let answer = ask(query).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
        assert!(answer.json().pointer(path).is_some(), "{query}: {answer:?}");
    }
    for (query, status, text) in [
        ("sandbox_body=html&sandbox_status=502", 502, "<!doctype"),
        ("sandbox_body=html", 200, "<!doctype"),
        ("sandbox_body=empty&sandbox_status=500", 500, ""),
        ("sandbox_body=text", 400, "Bad"),
        ("sandbox_body=null", 200, "null"),
        (
            "sandbox_error=popup_closed",
            400,
            "{\"error\":\"popup_closed\"",
        ),
    ] {
        let answer = ask(query).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
        assert!(answer.text.starts_with(text), "{query}: {answer:?}");
    }
}

#[tokio::test]
async fn the_token_endpoint_can_send_one_elsewhere() {
    let rig = Rig::new();
    for (query, status) in [("1", 302), ("307", 307), ("200", 302)] {
        let url = format!("/oauth/token?sandbox_redirect={query}");
        let answer = rig.post_json(&url, &[], &json!({})).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.location(), "redirected-token");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    for method in [Method::GET, Method::POST] {
        let behind = request(method, "/oauth/redirected-token", &[], "");
        let answer = send(&rig.providers, behind).await;
        assert_eq!(answer.json()["access_token"], "token-behind-a-redirect");
    }
}

#[tokio::test]
async fn an_odd_life_is_told_as_it_is() {
    let rig = Rig::new();
    for (raw, told) in [
        ("\"\"", json!("")),
        ("[]", json!([])),
        ("false", json!(false)),
        ("1e400", json!("1e400")),
    ] {
        let code = code(&rig, &[("sandbox_expires_in_raw", raw)]).await;
        let token = redeem(&rig, &code, json!({})).await.json();
        assert_eq!(token["expiresIn"], told);
        assert!(token.get("expiresAt").is_none());
        let refreshed = refresh(&rig, &token["refresh_token"]).await.json();
        assert_eq!(refreshed["expiresIn"], told);
        let implicit = rig
            .get(&standard("token", &[("sandbox_expires_in_raw", raw)]))
            .await;
        let text = told.as_str().map_or(raw.to_owned(), str::to_owned);
        assert_eq!(fragment(&implicit, "expires_in"), Some(text));
    }
    let code = code(&rig, &[("sandbox_expires_at_raw", "\"soon\"")]).await;
    let token = redeem(&rig, &code, json!({})).await.json();
    assert_eq!(token["expiresAt"], "soon");
}

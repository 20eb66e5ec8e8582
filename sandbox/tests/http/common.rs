//! What the tests of the sandbox share: both routers in memory, and requests to them.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Parser as _;
use http_body_util::BodyExt as _;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::signature::Verifier as _;
use rsa::{BoxedUint, PublicKey};
use sandbox::providers::alter::{DEMO_KEY, signature};
use sandbox::{Config, Origins, Running, Sandbox, Shared, crypto, start};
use serde_json::{Value, json};
use sha2::Sha256;
use tower::ServiceExt as _;
use url::Url;

pub const APP: &str = "http://localhost:4400";
pub const PROVIDERS: &str = "http://127.0.0.1:4401";

/// A sandbox in memory; nothing listens.
pub struct Rig {
    pub sandbox: Shared,
    pub providers: Router,
    pub app: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a header of text"))
    }

    /// Where the redirect goes.
    pub fn location(&self) -> String {
        assert!(self.status.is_redirection(), "no redirect: {self:?}");
        self.header("location").to_owned()
    }

    /// The redirect's target as a URL.
    pub fn location_url(&self) -> Url {
        Url::parse(&self.location()).expect("an absolute URL")
    }

    pub fn error(&self) -> String {
        self.json()["error"]
            .as_str()
            .expect("an error code")
            .to_owned()
    }

    /// The JSON block that a page carries for its scripts.
    pub fn page_data(&self) -> Value {
        let (_, rest) = self
            .text
            .split_once("id=\"page-data\">")
            .expect("page data");
        let (data, _) = rest.split_once("</script>").expect("the end of page data");
        serde_json::from_str(data).expect("page data is JSON")
    }

    /// The value of `data-page`.
    pub fn page(&self) -> &str {
        let (_, rest) = self.text.split_once("data-page=\"").expect("a page");
        rest.split('"').next().expect("its name")
    }
}

impl Rig {
    pub fn new() -> Self {
        let config = Config::parse_from(["sandbox"]);
        let sandbox = Sandbox::new(config, Origins::new(4400, 4401));
        Self {
            providers: sandbox::providers::router(sandbox.clone()),
            app: sandbox::app_backend::router(sandbox.clone()),
            sandbox,
        }
    }

    pub fn advance(&self, seconds: i64) {
        self.sandbox.clock.advance(time::Duration::seconds(seconds));
    }

    pub async fn get(&self, uri: &str) -> Answer {
        send(&self.providers, request(Method::GET, uri, &[], "")).await
    }

    /// A page of the app's origin.
    pub async fn app_get(&self, uri: &str, headers: &[(&str, &str)]) -> Answer {
        send(&self.app, request(Method::GET, uri, headers, "")).await
    }

    pub async fn app_post_form(&self, uri: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_text(form);
        let mime = [("content-type", "application/x-www-form-urlencoded")];
        send(&self.app, request(Method::POST, uri, &mime, &body)).await
    }

    pub async fn get_with(&self, uri: &str, headers: &[(&str, &str)]) -> Answer {
        send(&self.providers, request(Method::GET, uri, headers, "")).await
    }

    pub async fn post_form(&self, uri: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_text(form);
        let mime = [("content-type", "application/x-www-form-urlencoded")];
        send(&self.providers, request(Method::POST, uri, &mime, &body)).await
    }

    pub async fn post_json(&self, uri: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/json"));
        let request = request(Method::POST, uri, &headers, &body.to_string());
        send(&self.providers, request).await
    }

    /// A signed request to Alter from the app `demo`.
    pub async fn signed(&self, path: &str, body: &Value) -> Answer {
        self.signed_by(DEMO_KEY, path, body).await
    }

    pub async fn signed_by(&self, key: &str, path: &str, body: &Value) -> Answer {
        let headers = self.signature(key, path, &body.to_string());
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.post_json(path, &headers, body).await
    }

    pub fn signature(&self, key: &str, path: &str, body: &str) -> Vec<(&'static str, String)> {
        let timestamp = self.sandbox.clock.now().unix_timestamp().to_string();
        let nonce = crypto::random_token("");
        let hash = crypto::hex(&crypto::sha256(body.as_bytes()));
        let signed = format!("POST\n{path}\n{timestamp}\n{nonce}\n{hash}\n");
        vec![
            ("x-api-key", key.to_owned()),
            ("x-alter-timestamp", timestamp),
            ("x-alter-nonce", nonce),
            ("x-alter-content-sha256", hash),
            ("x-alter-signature", signature::sign(key, &signed)),
        ]
    }

    /// Mints an Alter session and answers the whole response body.
    pub async fn mint(&self, body: Value) -> Value {
        let answer = self.signed("/sdk/oauth/connect/session", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.json()
    }

    pub async fn poll(&self, token: &str) -> Value {
        let body = json!({"session_token": token});
        self.signed("/sdk/oauth/connect/session/poll", &body)
            .await
            .json()
    }

    /// Opens the hosted page with that token and answers where it goes on.
    pub async fn open(&self, token: &str) -> String {
        let body = json!({"session_token": token});
        let answer = self.post_json("/sdk/oauth/connect/start", &[], &body).await;
        answer.json()["next"].as_str().expect("a path").to_owned()
    }
}

/// Those pairs as a form or a query has them.
pub fn form_text(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

pub fn request(method: Method, uri: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
        .body(Body::from(body.to_owned()))
        .expect("a request")
}

pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// The claims of an ID token that one of these keys signed, as RFC 7515 §5.2 has it checked.
pub fn verified(keys: &Value, token: &str) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Value = serde_json::from_slice(&decoded(header)).ok()?;
    let key = keys["keys"]
        .as_array()?
        .iter()
        .find(|key| key["kid"] == header["kid"] && key["alg"] == header["alg"])?;
    let number = |name: &str| {
        let bytes = decoded(key[name].as_str().expect("a number"));
        BoxedUint::from_be_slice_vartime(&bytes)
    };
    let key = PublicKey::new(number("n"), number("e")).expect("a key");
    let signature = Signature::try_from(decoded(signature).as_slice()).ok()?;
    VerifyingKey::<Sha256>::new(key)
        .verify(signed.as_bytes(), &signature)
        .ok()?;
    serde_json::from_slice(&decoded(claims)).ok()
}

/// base64url, decoded.
pub fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

/// A sandbox that really listens, and a browser's worth of requests to its app.
pub struct Live {
    pub running: Running,
    http: reqwest::Client,
    cookie: std::sync::Mutex<String>,
}

impl Live {
    pub async fn start() -> Self {
        let config = Config::parse_from(["sandbox", "--app-port", "0", "--provider-port", "0"]);
        Self {
            running: start(config).await.expect("free ports"),
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .build()
                .expect("a client"),
            cookie: std::sync::Mutex::default(),
        }
    }

    pub fn app(&self) -> &str {
        &self.running.sandbox.origins.app
    }

    pub fn providers(&self) -> &str {
        &self.running.sandbox.origins.providers
    }

    /// A request of this browser to the app: status and JSON body.
    pub async fn api(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.app());
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let cookie = self.cookie.lock().expect("the cookie").clone();
        let request = self
            .http
            .request(method, url)
            .header(header::COOKIE, cookie);
        let response = request.json(&body).send().await.expect("an answer");
        if let Some(set) = response.headers().get(header::SET_COOKIE) {
            let set = set.to_str().expect("text");
            let pair = set.split(';').next().expect("a pair").to_owned();
            *self.cookie.lock().expect("the cookie") = pair;
        }
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    pub async fn get(&self, url: &str) -> reqwest::Response {
        self.http.get(url).send().await.expect("an answer")
    }

    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> reqwest::Response {
        let mut request = self.http.post(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(body).send().await.expect("an answer")
    }

    /// Asks until the answer fits, for at most twenty seconds.
    pub async fn until(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..400 {
            let (_, body) = self.api("GET", path, Value::Null).await;
            if fits(&body) {
                return body;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{path} never answered what was waited for");
    }
}

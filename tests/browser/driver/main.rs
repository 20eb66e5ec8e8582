//! The shipped driver in a real browser.
#![cfg(target_arch = "wasm32")]

mod hostile;
mod inside;
mod journeys;
mod options;
mod outcomes;
mod pages;
mod protocols;
mod redirect;
mod refresh;
mod storage;
mod windows;

/// Options of each system, to be written between braces.
mod system {
    pub const ALTER: &str = "token: 'tok', baseURL: PROVIDER + '?'";
    pub const ANON: &str = "protocol: 'anon-link', link: PROVIDER, redirectUrl: RETURN";
    pub const STACKONE: &str = "protocol: 'stackone-link', link: PROVIDER";
    pub const IMPLICIT: &str =
        "protocol: 'implicit', authorizationEndpoint: PROVIDER, clientId: 'c', redirectUri: RETURN";
    pub const CODE: &str = "protocol: 'code', authorizationEndpoint: PROVIDER, tokenEndpoint: origin + '/token', clientId: 'c', redirectUri: RETURN";
    /// With the app's backend for the exchange.
    pub const BACKEND: &str =
        "protocol: 'code', authorizationEndpoint: PROVIDER, clientId: 'c', redirectUri: RETURN";
}

/// A grant as Alter's page posts it.
fn grant(id: &str) -> serde_json::Value {
    serde_json::json!({"type": "alter_connect_success", "grants": [{"grant_id": id, "provider": "google", "timestamp": "2026-03-30T09:36:00Z"}]})
}

/// The words of the success that this grant is.
fn success(id: &str) -> String {
    format!(
        r#"success [{{"grant_id":"{id}","provider":"google","provider_name":"google","account_identifier":"","timestamp":"2026-03-30T09:36:00Z","operation":"creation","scopes":[],"status":"active"}}]"#
    )
}

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

//! How a session ends: what is posted to the opener, and what goes into the return URL.

use serde_json::{Value, json};
use url::Url;

use super::{Grant, PROVIDERS};

/// The message to the opener after success (`alter_connect_success`).
pub(super) fn success_message(grants: &[Grant]) -> Value {
    json!({
        "type": "alter_connect_success",
        "grants": grants.iter().map(Grant::for_browser).collect::<Vec<_>>(),
    })
}

/// The message to the opener after a failure (`alter_connect_error`).
pub(super) fn error_message(code: &str, description: &str) -> Value {
    json!({"type": "alter_connect_error", "error": code, "error_description": description})
}

/// The return URL with the result appended to its query; what is there already stays as it is.
///
/// The format has room for one grant, so that of several the first is told.
pub(super) fn success_url(return_url: &str, grants: &[Grant]) -> Option<String> {
    let grant = grants.first()?;
    let told = grant.for_browser();
    let scopes = grant.scopes.join(",");
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    appended(
        return_url,
        &[
            ("alter_connect_success", "true".to_owned()),
            ("grant_id", text("grant_id")),
            ("provider", text("provider")),
            ("account_identifier", text("account_identifier")),
            ("provider_name", text("provider_name")),
            ("timestamp", text("timestamp")),
            ("operation", text("operation")),
            ("scopes", scopes),
            ("status", text("status")),
        ],
    )
}

/// A return URL that says success and names no grant: what `malformed` makes of a redirect.
pub(super) fn incomplete_success_url(return_url: &str) -> Option<String> {
    appended(return_url, &[("alter_connect_success", "true".to_owned())])
}

/// The return URL with the failure appended to its query.
pub(super) fn error_url(return_url: &str, code: &str, description: &str) -> Option<String> {
    appended(
        return_url,
        &[
            ("alter_connect_error", "true".to_owned()),
            ("error_code", code.to_owned()),
            ("error_description", description.to_owned()),
        ],
    )
}

fn appended(url: &str, pairs: &[(&str, String)]) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    url.query_pairs_mut().extend_pairs(pairs);
    Some(url.into())
}

/// The message as the switch `malformed` wants it; `nested` is left to the page, which can nest deeper than JSON.
pub(super) fn malformed_message(kind: &str, message: Value) -> Value {
    let good = message["grants"][0].clone();
    let with_grants = |grants: Value| json!({"type": "alter_connect_success", "grants": grants});
    match kind {
        "no_grants" => json!({"type": "alter_connect_success"}),
        "not_array" => with_grants(json!({"0": good, "length": 1})),
        "empty" => with_grants(json!([])),
        "wrong_types" => with_grants(json!([
            {"grant_id": 42, "provider": ["google"], "scopes": "email", "status": {}},
            {"grant_id": {"toString": "x"}, "provider": true, "account_identifier": []},
        ])),
        "junk_items" => with_grants(json!([
            null, 7, "grant", [], {}, good, {"grant_id": "", "provider": "google"},
            {"grant_id": "only-an-id"}, {"provider": "slack"}, second_grant(&good), [[[]]],
        ])),
        "missing_fields" => {
            with_grants(json!([{"grant_id": good["grant_id"], "provider": good["provider"]}]))
        }
        "null_fields" => with_grants(json!([{
            "grant_id": good["grant_id"], "provider": good["provider"], "provider_name": null,
            "account_identifier": null, "timestamp": null, "operation": null, "scopes": null,
            "status": null, "metadata": null,
        }])),
        "huge" => huge_message(&good),
        "unknown_type" => json!({"type": "alter_connect_done", "grants": [good]}),
        "string" => Value::from(message.to_string()),
        _ => message,
    }
}

fn second_grant(good: &Value) -> Value {
    let mut second = good.clone();
    let other = PROVIDERS
        .into_iter()
        .find(|provider| good["provider"] != provider.id)
        .unwrap_or(PROVIDERS[0]);
    second["grant_id"] = Value::from(format!("{}-2", good["grant_id"].as_str().unwrap_or("g")));
    second["provider"] = Value::from(other.id);
    second["provider_name"] = Value::from(other.name);
    second
}

/// About a megabyte: two thousand grants, one of them with a very long name.
fn huge_message(good: &Value) -> Value {
    let mut grants: Vec<Value> = (0..2_000)
        .map(|index| {
            let mut grant = good.clone();
            grant["grant_id"] = Value::from(format!("bulk-{index}"));
            grant
        })
        .collect();
    grants[0]["account_identifier"] = Value::from("x".repeat(200_000));
    json!({"type": "alter_connect_success", "grants": grants})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_return_url_had_already_stays() {
        let url = error_url(
            "http://localhost:4400/app?a=1&connect_state=x%20y#/route?b=2",
            "connect_denied",
            "No.",
        );
        assert_eq!(
            url.as_deref(),
            Some(
                "http://localhost:4400/app?a=1&connect_state=x%20y&alter_connect_error=true\
                 &error_code=connect_denied&error_description=No.#/route?b=2"
            )
        );
    }

    #[test]
    fn every_kind_of_malformed_message_differs_from_the_good_one() {
        let good = json!({"type": "alter_connect_success", "grants": [{"grant_id": "g", "provider": "google"}]});
        for kind in [
            "no_grants",
            "not_array",
            "empty",
            "wrong_types",
            "junk_items",
            "null_fields",
            "huge",
            "unknown_type",
            "string",
        ] {
            assert_ne!(malformed_message(kind, good.clone()), good, "{kind}");
        }
    }
}

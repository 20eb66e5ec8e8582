//! Alter Connect: a session token from the app's backend, a hosted page, grants back by message or in the query.

use super::{Verdict, check, connect_state_differs, put_parameters};
use crate::error::{Code, InvalidOption};
use crate::flow::page::{Held, Kind, Page, Place, Put};
use crate::flow::transaction;
use crate::text::{Text, text};

const BASE: Text = text!("baseURL");
const DEFAULT_BASE: Text = text!("https://api.alterauth.com");

pub fn prepare(page: impl Page) -> Result<(), InvalidOption> {
    let base = page.read(BASE).or(page.hold(DEFAULT_BASE));
    let origin = page.origin(base);
    check(origin.is_some(), BASE)?;
    page.note(transaction::ORIGIN, origin);
    page.note(BASE, base);
    Ok(())
}

/// The token travels in the fragment, which no server sees.
pub fn build_address(page: impl Page, token: Held) -> Result<(), InvalidOption> {
    check(page.kind(token) == Kind::Text, text!("token"))?;
    page.start(page.noted(BASE), text!("/sdk/oauth/connect#"));
    page.append(text!("session"), token);
    Ok(())
}

pub fn read_message(page: impl Page) -> Verdict {
    let kind = page.read(text!("type"));
    if page.is(kind, text!("alter_connect_error")) {
        page.refuse(
            page.read(text!("error")),
            page.read(text!("error_description")),
        );
        page.put(Put::Value, text!(""), page.read(text!("")));
        return Verdict::Refused;
    }
    if !page.is(kind, text!("alter_connect_success")) {
        return Verdict::Foreign;
    }
    let grants = page.read(text!("grants"));
    let (mut index, mut kept) = (0, false);
    while page.kind(grants) == Kind::List {
        let grant = page.item(grants, index);
        if !grant.is_some() {
            break;
        }
        kept |= put_grant(page, &|name| page.member(grant, name));
        index += 1;
    }
    if kept {
        Verdict::Success
    } else {
        Verdict::Invalid(Code::InvalidResponse)
    }
}

pub fn read_response(page: impl Page) -> Verdict {
    let parameter = |name| page.parameter(Place::Query, name);
    let error = parameter(text!("alter_connect_error"));
    let success = page.is(parameter(text!("alter_connect_success")), text!("true"));
    if !success && !error.is_some() {
        return Verdict::Foreign;
    }
    if connect_state_differs(page, parameter(text!("connect_state"))) {
        return Verdict::Invalid(Code::StateMismatch);
    }
    if error.is_some() {
        page.refuse(
            parameter(text!("error_code")).or(error),
            parameter(text!("error_description")),
        );
        put_parameters(
            page,
            Place::Query,
            &[
                text!("alter_connect_error"),
                text!("error_code"),
                text!("error_description"),
            ],
        );
        return Verdict::Refused;
    }
    if !put_grant(page, &parameter) {
        return Verdict::Invalid(Code::InvalidResponse);
    }
    page.put(Put::Commas, text!("scopes"), parameter(text!("scopes")));
    Verdict::Success
}

/// A grant without an id or a provider is dropped; what else is missing has a default.
fn put_grant(page: impl Page, field: &dyn Fn(Text) -> Held) -> bool {
    let text = |name| {
        Some(field(name))
            .filter(|&value| page.kind(value) == Kind::Text)
            .unwrap_or(Held::NONE)
    };
    let (id, provider) = (text!("grant_id"), text!("provider"));
    if !text(id).is_some() || !text(provider).is_some() {
        return false;
    }
    page.put(Put::Item, text!(""), Held::NONE);
    let texts = [
        (id, Held::NONE),
        (provider, Held::NONE),
        (text!("provider_name"), text(provider)),
        (text!("account_identifier"), page.hold(text!(""))),
    ];
    for &(name, default) in &texts {
        page.put(Put::Value, name, text(name).or(default));
    }
    for &(name, words) in &[
        (
            text!("operation"),
            [text!("creation"), text!("reauth"), text!("reauth")],
        ),
        (
            text!("status"),
            [text!("active"), text!("pending"), text!("error")],
        ),
    ] {
        let word = words
            .iter()
            .find(|&&word| page.is(field(name), word))
            .unwrap_or(&words[0]);
        page.put(Put::Value, name, page.hold(*word));
    }
    page.put(Put::Time, text!("timestamp"), text(text!("timestamp")));
    page.put(Put::List, text!("scopes"), field(text!("scopes")));
    if page.kind(field(text!("metadata"))) == Kind::Object {
        page.put(Put::Value, text!("metadata"), field(text!("metadata")));
    }
    true
}

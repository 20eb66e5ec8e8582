//! The OAuth 2.0 implicit grant (RFC 6749 section 4.2), which RFC 9700 section 2.1.2 advises against, for systems that
//! offer nothing else.

use super::oauth_request::{build_request, check_response};
use super::{Verdict, check, put_parameters};
use crate::error::{Code, InvalidOption};
use crate::flow::page::{Held, Kind, Page, Place, Put};
use crate::flow::{pkce, transaction};
use crate::text::text;

pub fn prepare(page: impl Page) -> Result<(), InvalidOption> {
    let response_type = page
        .read(text!("responseType"))
        .or(page.hold(text!("token")));
    let with_id_token = page.is(response_type, text!("id_token token"));
    check(
        with_id_token || page.is(response_type, text!("token")),
        text!("responseType"),
    )?;
    if with_id_token {
        page.note(transaction::NONCE, page.hold_made(&pkce::generate(page)));
    }
    build_request(page, response_type, Held::NONE)
}

/// AniAPI sends neither `token_type` nor `expires_in`; what is there is checked, what is not is not invented.
pub fn read_response(page: impl Page) -> Verdict {
    if let Err(verdict) = check_response(page, Place::Fragment) {
        return verdict;
    }
    if page.kind(page.parameter(Place::Fragment, text!("access_token"))) != Kind::Text {
        return Verdict::Invalid(Code::InvalidResponse);
    }
    if !has_nonce(page) {
        return Verdict::Invalid(Code::NonceMismatch);
    }
    put_parameters(
        page,
        Place::Fragment,
        &[
            text!("access_token"),
            text!("token_type"),
            text!("scope"),
            text!("id_token"),
        ],
    );
    page.put(
        Put::Seconds,
        text!("expires_in"),
        page.parameter(Place::Fragment, text!("expires_in")),
    );
    page.put(Put::Fragment, text!("raw"), Held::NONE);
    Verdict::Success
}

/// OpenID Connect Core section 3.2.2.11: the ID token must carry this attempt's nonce. Its signature is the app's affair.
fn has_nonce(page: impl Page) -> bool {
    let nonce = page.noted(transaction::NONCE);
    !nonce.is_some()
        || page.same(
            nonce,
            page.claim(
                page.parameter(Place::Fragment, text!("id_token")),
                text!("nonce"),
            ),
        )
}

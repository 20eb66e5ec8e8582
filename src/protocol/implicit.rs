//! The OAuth 2.0 implicit grant (RFC 6749 section 4.2); legacy (RFC 9700 section 2.1.2), but all that AniAPI has.

use super::authorization::{append_params, build_request, check_response};
use super::{Obtained, Protocol, Target, Verdict, token};
use crate::error::{Code, Failure};
use crate::flow::response::{Parameters, ResponseUrl};
use crate::flow::transaction::{OauthTransaction, Transaction};
use crate::options::{Fields, Rules, word};
use crate::secret::Secret;
use crate::text::split;
use crate::value::Value;
use crate::world::World;

/// The response type that asks for an ID token beside the access token (OpenID Connect Core section 3.2.2.1).
const WITH_ID_TOKEN: &str = "id_token token";

/// The OAuth 2.0 implicit grant.
pub struct Implicit;

impl Protocol for Implicit {
    fn name(&self) -> &'static str {
        "implicit"
    }

    fn request(
        &self,
        options: &dyn Fields,
        transaction: &mut Transaction,
        rules: Rules,
    ) -> Result<Target, Box<Failure>> {
        let response_type = word(options, "responseType", &["token", WITH_ID_TOKEN])?;
        let (mut url, mut oauth) = build_request(options, response_type, transaction, rules)?;
        if response_type == WITH_ID_TOKEN {
            let nonce = Secret::generate(rules.world);
            url.append("nonce", nonce.expose());
            oauth.nonce = Some(nonce);
        }
        oauth.in_fragment = true;
        append_params(options, &mut url, &mut oauth, rules)?;
        transaction.oauth = Some(oauth);
        Ok(Target::Url(url.build()))
    }

    /// AniAPI sends neither `token_type` nor `expires_in`; what is there is checked, what is not is not invented.
    fn response(
        &self,
        response: &ResponseUrl,
        transaction: &Transaction,
        world: &dyn World,
    ) -> Option<Verdict> {
        let oauth = transaction.oauth.as_ref()?;
        let place = check_response(response, transaction, oauth)?;
        Some(place.and_then(|place| read_response(place, oauth, world)))
    }
}

fn read_response(place: &Parameters, oauth: &OauthTransaction, world: &dyn World) -> Verdict {
    let access_token = place.text("access_token").ok_or(Code::InvalidResponse)?;
    check_nonce(place, oauth, world)?;
    // A server that does not encode what it sends means a plus by one: no token has a space (RFC 6750 section 2.1).
    let access_token = split(access_token, b' ').join("+");
    let tokens = token::read_tokens(&place.to_value(), &access_token, None, world);
    Ok(Obtained::Result(tokens))
}

/// OpenID Connect Core section 3.2.2.11: the ID token must carry this attempt's nonce. Its signature is the app's affair.
fn check_nonce(
    place: &Parameters,
    oauth: &OauthTransaction,
    world: &dyn World,
) -> Result<(), Box<Failure>> {
    let Some(nonce) = &oauth.nonce else {
        return Ok(());
    };
    let claims = place
        .get("id_token")
        .and_then(|token| read_claims(token, world));
    let has_nonce =
        claims.is_some_and(|claims| claims.get("nonce").as_str() == Some(nonce.expose()));
    if has_nonce {
        Ok(())
    } else {
        Err(Code::NonceMismatch.into())
    }
}

/// The payload of a JWT (RFC 7519 section 3), unverified.
fn read_claims(token: &str, world: &dyn World) -> Option<Value> {
    world.parse_json(&world.decode_base64(split(token, b'.').get(1)?)?)
}

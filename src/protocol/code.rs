//! The OAuth 2.0 authorization code grant (RFC 6749 section 4.1) with PKCE (RFC 7636, S256 only).

use super::authorization::{CONFIDENTIAL, append_params, build_request, check_response};
use super::{Obtained, Protocol, Target, Verdict};
use crate::error::{Code, Failure};
use crate::flow::pkce::code_challenge;
use crate::flow::response::{Parameters, ResponseUrl};
use crate::flow::transaction::{TokenEndpoint, Transaction};
use crate::options::{Fields, Rules};
use crate::secret::Secret;
use crate::text::{includes, split};
use crate::world::World;

/// The OAuth 2.0 authorization code grant.
pub struct AuthorizationCode;

impl Protocol for AuthorizationCode {
    fn name(&self) -> &'static str {
        "code"
    }

    fn request(
        &self,
        options: &dyn Fields,
        transaction: &mut Transaction,
        rules: Rules,
    ) -> Result<Target, Box<Failure>> {
        let (mut url, mut oauth) = build_request(options, "code", transaction, rules)?;
        // Where the app exchanges the code itself, there is no token endpoint.
        if !options.get("exchange").is_given() {
            oauth.token_endpoint = Some(TokenEndpoint::read(options, rules)?);
        }
        let code_verifier = Secret::generate(rules.world);
        url.append("code_challenge", &code_challenge(&code_verifier));
        url.append("code_challenge_method", "S256");
        oauth.code_verifier = Some(code_verifier);
        append_params(options, &mut url, &mut oauth, rules)?;
        transaction.oauth = Some(oauth);
        Ok(Target::Url(url.build()))
    }

    fn response(
        &self,
        response: &ResponseUrl,
        transaction: &Transaction,
        _: &dyn World,
    ) -> Option<Verdict> {
        let oauth = transaction.oauth.as_ref()?;
        let place = check_response(response, transaction, oauth)?;
        Some(place.and_then(read_code))
    }
}

fn read_code(place: &Parameters) -> Verdict {
    let code = place.text("code").ok_or(Code::InvalidResponse)?;
    Ok(Obtained::Code {
        code: Secret::new(as_sent(code)),
        params: place.except(CONFIDENTIAL),
    })
}

/// The code as the server sent it, which may have spaces in it (RFC 6749 appendix A.11). In a query a plus stands for a space, so a server that does not
/// encode its pluses has them read as spaces: they are made pluses again. Where a plus is left, this server does encode them, and a space is a space.
fn as_sent(code: &str) -> String {
    let mark = if includes(code, "+") { " " } else { "+" };
    split(code, b' ').join(mark)
}

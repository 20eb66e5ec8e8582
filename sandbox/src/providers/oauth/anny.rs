//! anny: the authorization code grant with PKCE, a JSON token endpoint and camelCase answers.

use super::{Profile, TokenStyle};
use crate::pages::Brand;

pub(super) static PROFILE: Profile = Profile {
    id: "anny",
    brand: Brand {
        id: "anny",
        name: "anny",
    },
    authorize_path: "/oauth/authorize",
    issuer_path: "",
    response_types: &["code"],
    response_modes: &[],
    style: TokenStyle::Camel,
    sends_iss: false,
    access_life: 1_440 * 60,
};

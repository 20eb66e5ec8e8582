//! AniAPI: the implicit grant with a bare response, `{redirect_uri}#access_token=…&state=…`.

use super::{Profile, TokenStyle};
use crate::pages::Brand;

pub(super) static PROFILE: Profile = Profile {
    id: "aniapi",
    brand: Brand {
        id: "aniapi",
        name: "AniAPI",
    },
    authorize_path: "/v1/oauth",
    issuer_path: "/v1",
    response_types: &["token"],
    response_modes: &[],
    style: TokenStyle::Bare,
    sends_iss: false,
    access_life: 30 * 24 * 3_600,
};

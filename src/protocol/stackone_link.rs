//! StackOne Auth Links: a link from the app's backend, and nothing comes back through the browser. The app's `verify`
//! asks its backend, which learns the account from a webhook.

use super::{build_link, check};
use crate::error::InvalidOption;
use crate::flow::page::{Held, Kind, Page};
use crate::text::text;

pub fn prepare(page: impl Page) -> Result<(), InvalidOption> {
    check(
        page.kind(page.read(text!("verify"))) == Kind::Function,
        text!("verify"),
    )
}

pub fn build_address(page: impl Page, link: Held) -> Result<(), InvalidOption> {
    build_link(page, link, text!("auth_link_url"))
}

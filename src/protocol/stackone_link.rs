//! StackOne Auth Links: a link from the app's backend, and nothing comes back through the browser. The app's `verify`
//! asks its backend, which learns the account from a webhook.

use super::link::check_link;
use super::{Protocol, Target};
use crate::error::{Failure, check};
use crate::flow::transaction::Transaction;
use crate::options::{Fields, Rules};
use crate::secret::Secret;
use crate::value::Value;

/// StackOne Auth Links.
pub struct StackOneLink;

impl Protocol for StackOneLink {
    fn name(&self) -> &'static str {
        "stackone-link"
    }

    fn request(
        &self,
        options: &dyn Fields,
        _: &mut Transaction,
        _: Rules,
    ) -> Result<Target, Box<Failure>> {
        check(matches!(options.get("verify"), Value::Function), "verify")?;
        Ok(Target::Source {
            option: "link",
            base: String::new(),
            build_url,
        })
    }
}

fn build_url(
    _: &str,
    source: &Value,
    _: &mut Transaction,
    rules: Rules,
) -> Result<Secret, Box<Failure>> {
    check_link(source, "auth_link_url", rules).map(Secret::new)
}

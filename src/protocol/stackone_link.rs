//! StackOne Auth Links: a link from the app's backend, and nothing comes back through the browser. The app's `verify`
//! asks its backend, which learns the account from a webhook.

use super::{Adapter, Launch, launch, read_link};
use crate::error::Failure;
use crate::flow::input::{Input, Value};
use crate::flow::transaction::Transaction;

pub struct StackOneLink;

impl Adapter for StackOneLink {
    fn lifetime(&self) -> u32 {
        60
    }

    fn prepare(&self, input: &dyn Input, transaction: &mut Transaction, _fresh: &dyn Fn() -> String) -> Result<Launch, Failure> {
        if input.read("verify") != Value::Function {
            return Err(Failure::option("verify"));
        }
        launch(self, input, transaction, "link")
    }

    fn address(&self, input: &dyn Input, _transaction: &mut Transaction, path: &str) -> Result<String, Failure> {
        read_link(input, path, "auth_link_url").map_err(|_| Failure::option("link"))
    }
}

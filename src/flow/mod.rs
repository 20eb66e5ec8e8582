//! One attempt to connect, from the click to its outcome, without input or output.

pub mod machine;
pub mod mode;
pub mod pkce;
pub mod questions;
pub mod response;
pub mod transaction;
pub mod watch;

//! One attempt to connect, as values: no window, no clock, no randomness is touched here.

pub mod encoding;
pub mod machine;
pub mod mode;
pub mod page;
pub mod pkce;
pub mod transaction;
pub mod watch;

//! One attempt to connect, as values: no window, no clock, no randomness is touched here.

pub mod encoding;
pub mod input;
pub mod machine;
pub mod mode;
pub mod outcome;
pub mod params;
pub mod pkce;
pub mod response;
pub mod transaction;
pub mod watch;

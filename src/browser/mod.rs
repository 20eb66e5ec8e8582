//! The floor that touches the window. [`host`] lets the pure floors ask the page; `host.js` answers them, listens, and runs
//! the effects in few, fat calls, because each call, string and closure across the boundary costs time and bytes.

pub mod host;

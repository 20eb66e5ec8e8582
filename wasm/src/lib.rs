//! Nothing but the crate's bindings, linked.

extern crate connect_widget as _;

//! The crate at the root, linked.

extern crate connect_widget as _;

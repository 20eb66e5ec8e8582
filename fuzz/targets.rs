//! The fuzz targets, over the same page without a browser as the native tests.

#![allow(dead_code)] // The native tests use the rest.

#[path = "bodies.rs"]
pub mod bodies;
#[path = "../tests/native/model.rs"]
mod model;
#[path = "../tests/native/page.rs"]
mod page;
#[path = "../tests/native/samples.rs"]
mod samples;
#[path = "../tests/native/tab.rs"]
mod tab;
#[path = "../tests/native/value.rs"]
mod value;

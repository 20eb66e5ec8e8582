//! The bodies of the fuzz targets, over the native tests' own world.

#[path = "../tests/native/attempt.rs"]
pub mod attempt;
pub mod bodies;
#[path = "../tests/native/journey.rs"]
pub mod journey;
#[path = "../tests/native/samples.rs"]
pub mod samples;
#[path = "../tests/native/world.rs"]
pub mod world;

//! The pure floors under plain `cargo test`: vectors per protocol, whole journeys, properties over random journeys, and
//! what must stay equal between Rust and JavaScript.

mod checks;
mod contract;
mod corpora;
mod journeys;
mod model;
mod page;
mod properties;
mod samples;
mod tab;
mod value;
mod vectors;

//! The pure floor under plain `cargo test`: vectors per protocol, whole journeys, properties over random journeys, and
//! what must stay equal between Rust and JavaScript.

mod attempt;
mod checks;
mod contract;
mod corpora;
mod docs;
mod journey;
mod journeys;
mod mode;
mod owner;
mod properties;
mod samples;
mod sixth;
mod transaction;
mod vectors;
mod world;

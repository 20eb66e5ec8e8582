//! The pure floors under plain `cargo test`: vectors per protocol, whole journeys, every check, properties over random
//! journeys, and what must stay equal between Rust and JavaScript.

mod page;
mod samples;
mod tab;
mod value;
mod vectors;

mod journeys;

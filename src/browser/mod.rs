//! The floor that touches the window: [`driver`] runs effects and feeds events back, [`host`] names what it can do, and
//! `host.js` does it in few, fat calls, because each call, string and closure across the boundary costs time and bytes.

pub mod driver;
pub mod host;
mod memory;

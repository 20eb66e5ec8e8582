//! The sandbox as its clients see it: requests and answers, in one program, because linking takes longer than all tests.

mod alter;
mod anon;
mod app;
mod common;
mod oauth;
mod program;
mod same_origin;
mod stackone;
mod windows;

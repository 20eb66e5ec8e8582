//! Whole flows: click → mode → open → return → validate → outcome. What the machine says is compared in words
//! (`attempt::name`); what the browser makes of it is asserted where there is one (`tests/browser`, `tests/e2e`).

mod answers;
mod closing;
mod end;
mod late;
mod launch;
mod redirect;
mod refresh;
mod verifying;

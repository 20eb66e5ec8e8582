//! Whole flows: click → mode → open → return → validate → outcome.

mod answers;
mod closing;
mod end;
mod late;
mod launch;
mod redirect;
mod refresh;
mod verifying;

use crate::tab::Tab;

/// The flow has ended in one way, once, and what was remembered is kept only where a result may come after all.
#[track_caller]
fn assert_ended(tab: &Tab, code: &str) {
    assert_eq!(
        tab.outcomes
            .iter()
            .map(|outcome| outcome.code())
            .collect::<Vec<_>>(),
        [code]
    );
    assert!(!tab.is_open() && !tab.has_window());
    assert!(tab.said_late || tab.session.is_empty(), "{:?}", tab.session);
}

/// The flow goes on, and nothing was told.
#[track_caller]
fn assert_open(tab: &Tab) {
    assert_eq!(tab.outcomes, []);
    assert!(tab.is_open());
}

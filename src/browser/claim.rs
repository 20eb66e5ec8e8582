//! One tab works on an attempt: the one that began it, while it lives, and not a copy of it (a duplicated tab, or a window
//! that inherited its session storage). Who works on an attempt holds a lock of its name.

use super::device;
use super::lock::{self, IfHeld, Lock};
use super::promise;
use super::relay::RollCall;
use super::store::key;
use crate::flow::transaction::Transaction;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// A page that was not reloaded, but found the attempt in its store, may be in a copy of the tab: the tab that began comes first,
/// also if it is being reloaded right now. Milliseconds.
const HEAD_START: i32 = 1000;

/// What came of asking for the right to work on an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is this page's.
    Own,
    /// Another page is at work on it.
    Foreign,
    /// This browser has no locks, or refuses them here.
    Unknown,
}

/// The right to work on an attempt; given up when this is dropped.
pub struct Claim(Rc<RefCell<Held>>);

#[derive(Default)]
struct Held {
    lock: Option<Lock>,
    is_given_up: bool,
}

impl Claim {
    /// To an attempt that begins here and now.
    pub fn of_new(transaction: &Transaction) -> Claim {
        Claim::begin(transaction, true, Box::new(|_| {}))
    }

    /// Asks for it, and tells what came of it.
    pub fn ask(transaction: &Transaction, tell: Box<dyn FnOnce(Standing)>) -> Claim {
        Claim::begin(transaction, false, tell)
    }

    fn begin(transaction: &Transaction, is_new: bool, tell: Box<dyn FnOnce(Standing)>) -> Claim {
        let claim = Claim(Rc::default());
        let held = Rc::clone(&claim.0);
        let name = key(transaction);
        spawn_local(async move {
            let standing = claim_lock(&name, is_new, &held).await;
            if !held.borrow().is_given_up {
                tell(standing);
            }
        });
        claim
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut held = self.0.borrow_mut();
        held.is_given_up = true;
        held.lock = None;
    }
}

async fn claim_lock(name: &str, is_new: bool, held: &RefCell<Held>) -> Standing {
    let ask = || if is_new { None } else { RollCall::ask(name) };
    let mut roll_call = ask();
    let mut has_answered = false;
    let head_start = if is_new || device::was_reloaded() {
        0
    } else {
        HEAD_START
    };
    // After a reload the lock of the page that was there before may take a moment to be free, on a busy machine seconds. Where another
    // page is at work, its answers end the tries.
    for pause in [head_start, 250, 1000, 2000, 4000] {
        if pause > 0 {
            let _ = promise::pause(pause).await;
        }
        // Another page is alive, and keeps its attempt, though it may be reloaded itself just now. This page's own predecessor may be
        // heard once, on its way out.
        if roll_call.as_ref().is_some_and(RollCall::is_answered) {
            if has_answered {
                break;
            }
            has_answered = true;
            roll_call = ask();
            continue;
        }
        match lock::hold(name, IfHeld::GiveUp).await {
            Err(_) => return Standing::Unknown,
            Ok(Some(lock)) => {
                let mut held = held.borrow_mut();
                held.lock = (!held.is_given_up).then_some(lock);
                return Standing::Own;
            }
            Ok(None) if held.borrow().is_given_up => break,
            Ok(None) => roll_call = ask(),
        }
    }
    Standing::Foreign
}

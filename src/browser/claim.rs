//! One tab works on an attempt: the one that began it, while it lives, and not a copy of it (a duplicated tab, or a window
//! that inherited its session storage). Who works on an attempt holds a lock of its name.

use super::lock::{self, IfHeld, Lock};
use super::page;
use super::promise;
use super::relay::RollCall;
use super::store::key;
use crate::flow::transaction::Transaction;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

/// How long a page waits, in milliseconds, before it asks for the lock of an attempt that it found in its store without having been
/// reloaded. It may be in a copy of the tab: the tab that began the attempt goes first, even if that is being reloaded right now.
const HEAD_START: i32 = 1000;

/// What came of asking for the right to work on an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is this page's.
    Own,
    /// Another page is at work on it.
    Foreign,
    /// Nobody can tell: this browser has no locks, or refuses them here.
    Unknown,
}

/// The right to work on an attempt; given up when this is dropped.
pub struct Claim {
    _held: Rc<RefCell<Held>>,
}

#[derive(Default)]
struct Held {
    _lock: Option<Lock>,
    /// What asks whether another page is at work, until there is a lock.
    roll_call: Option<RollCall>,
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
        let held = Rc::default();
        let weak = Rc::downgrade(&held);
        let name = key(transaction);
        spawn_local(async move {
            if let Some(standing) = claim_lock(&name, is_new, &weak).await {
                tell(standing);
            }
        });
        Claim { _held: held }
    }
}

/// None where the claim was given up meanwhile.
async fn claim_lock(name: &str, is_new: bool, held: &Weak<RefCell<Held>>) -> Option<Standing> {
    let ask = || {
        let roll_call = if is_new { None } else { RollCall::ask(name) };
        held.upgrade()?.borrow_mut().roll_call = roll_call;
        Some(())
    };
    ask()?;
    let mut has_answered = false;
    let head_start = if is_new || page::was_reloaded() {
        0
    } else {
        HEAD_START
    };
    // After a reload the lock of the page that was there before may take a moment to be free, on a busy machine seconds. Where another
    // page is at work, its answers end the tries.
    for &pause in &[head_start, 250, 1000, 2000, 4000] {
        if pause > 0 {
            let _ = promise::pause(pause).await;
        }
        // Somebody answered the roll call: another page is alive and listens for this attempt, though the lock may be free because that page is
        // being reloaded. But the first answer may come from the page that this one replaces, on its way out. So only a second answer counts.
        let is_answered =
            (held.upgrade()?.borrow().roll_call.as_ref()).is_some_and(RollCall::is_answered);
        if is_answered {
            if has_answered {
                break;
            }
            has_answered = true;
            ask();
            continue;
        }
        match lock::acquire(name, IfHeld::GiveUp).await {
            Err(_) => return Some(Standing::Unknown),
            Ok(Some(lock)) => {
                held.upgrade()?.replace(Held {
                    _lock: Some(lock),
                    roll_call: None,
                });
                return Some(Standing::Own);
            }
            Ok(None) => ask()?,
        }
    }
    Some(Standing::Foreign)
}

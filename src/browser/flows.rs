//! The flows of the page, and what it listens to while there are any.

use super::attempt::Attempt;
use super::hearing::{EARS, Ear};
use super::shell::{Listener, listen};
use super::window;
use super::world::Browser;
use std::cell::RefCell;
use std::rc::Rc;

struct Page {
    attempts: Vec<Rc<Attempt>>,
    /// Unsubscribed when they are dropped.
    listeners: Vec<Listener>,
}

thread_local! {
    static PAGE: RefCell<Page> = const {
        RefCell::new(Page {
            attempts: Vec::new(),
            listeners: Vec::new(),
        })
    };
}

/// The flows that are open, or may still be answered; the newest first.
pub fn attempts() -> Vec<Rc<Attempt>> {
    PAGE.with_borrow(|page| page.attempts.clone())
}

/// The newest flow that is such.
pub fn find_attempt(is_such: &dyn Fn(&Attempt) -> bool) -> Option<Rc<Attempt>> {
    let attempts = attempts();
    attempts.iter().find(|attempt| is_such(attempt)).cloned()
}

/// The newest comes first.
pub fn add(attempt: &Rc<Attempt>) {
    PAGE.with_borrow_mut(|page| page.attempts.insert(0, Rc::clone(attempt)));
}

/// Takes a flow off the page: its machine is told of nothing any more.
pub fn remove(attempt: &Rc<Attempt>) {
    attempt.is_over.set(true);
    PAGE.with_borrow_mut(|page| page.attempts.retain(|other| !Rc::ptr_eq(other, attempt)));
}

/// Takes a flow off the page, and lets go of all that it holds on to but its window.
pub fn let_go(attempt: &Rc<Attempt>) {
    remove(attempt);
    attempt.release();
    update_listeners();
}

/// Lets go of what can no longer be answered, and listens while anything is left.
pub fn update_listeners() {
    for attempt in &attempts() {
        if attempt.flow.borrow().is_spent(&Browser) {
            remove(attempt);
            attempt.release();
        }
    }
    let is_idle = attempts().is_empty();
    if is_idle != PAGE.with_borrow(|page| page.listeners.is_empty()) {
        // What another script has made of these functions may run the app's code, so nothing is borrowed meanwhile.
        let listeners = if is_idle { Vec::new() } else { subscribe() };
        drop(PAGE.with_borrow_mut(|page| std::mem::replace(&mut page.listeners, listeners)));
    }
}

fn subscribe() -> Vec<Listener> {
    let window = window();
    let listen_to = |(event, hear): &Ear| listen(&window, event, Box::new(*hear));
    EARS.iter().map(listen_to).collect()
}

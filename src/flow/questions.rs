//! When the app's `verify` is asked: while the window is open, at once when the app has the focus back, and once more after
//! the window has closed.

/// The pause between two questions grows by half, in milliseconds.
const FIRST_PAUSE: f64 = 600.0;
const LONGEST_PAUSE: f64 = 5000.0;

/// How long an answer is waited for, in milliseconds.
const PATIENCE: f64 = 15_000.0;

/// Further questions after a redirect, where no window's close can be awaited and a webhook may be on its way.
const AFTER_REDIRECT: u32 = 4;

/// The questions of one flow.
#[derive(Clone, Debug)]
pub struct Questions {
    /// Until when no further question is asked, because the last one may still be answered.
    asking_until: f64,
    next: f64,
    pause: f64,
    /// The end; none while the window may still be there.
    end: Option<End>,
    looked_at: f64,
}

/// When a flow exits whose window is gone.
#[derive(Clone, Debug)]
struct End {
    /// After so many further questions that are not answered.
    questions_left: u32,
    /// Then at the latest, answered or not.
    at: f64,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// A question.
    Ask,
    /// The end: the last question has had its time or its answer.
    GiveUp,
}

impl Questions {
    /// For a flow with a window, beginning now.
    pub fn new(now: f64) -> Questions {
        Questions {
            asking_until: f64::NEG_INFINITY,
            next: now,
            pause: FIRST_PAUSE,
            end: None,
            looked_at: now,
        }
    }

    /// For the page that a redirect came back to.
    pub fn after_redirect(now: f64) -> Questions {
        Questions {
            end: Some(End {
                questions_left: AFTER_REDIRECT,
                at: now + 2.0 * PATIENCE,
            }),
            ..Questions::new(now)
        }
    }

    /// For a flow whose app has its outcome: no question is the last.
    #[must_use]
    pub fn after_exit(self) -> Questions {
        Questions { end: None, ..self }
    }

    /// The next question comes after a pause, which grows by half.
    pub fn wait(&mut self, now: f64) {
        self.next = now + self.pause;
        self.pause = LONGEST_PAUSE.min(self.pause * 1.5);
    }

    /// A question now, unless one is on its way.
    pub fn ask(&mut self, now: f64) -> Due {
        if now < self.asking_until {
            return Due::Nothing;
        }
        self.asking_until = now + PATIENCE;
        Due::Ask
    }

    /// Time passed, and the window is there or may be.
    pub fn tick(&mut self, now: f64) -> Due {
        self.heed_sleep(now);
        if self.end.as_ref().is_some_and(|end| now >= end.at) {
            Due::GiveUp
        } else if now >= self.next {
            self.ask(now)
        } else {
            Due::Nothing
        }
    }

    /// The window is gone. An answer that is still on its way was asked for before that, so it is not the last; one that does not
    /// come is not waited for until the end.
    pub fn ask_last(&mut self, now: f64) -> Due {
        self.heed_sleep(now);
        let is_asking = now < self.asking_until;
        if self.end.is_none() {
            self.asking_until = self.asking_until.min(now + LONGEST_PAUSE);
        }
        let end = self.end.get_or_insert(End {
            questions_left: u32::from(is_asking),
            at: f64::INFINITY,
        });
        end.at = end.at.min(now + PATIENCE);
        if now < end.at {
            self.ask(now)
        } else {
            Due::GiveUp
        }
    }

    /// The time in which the page slept is not waited for, and what was asked before it may be lost.
    fn heed_sleep(&mut self, now: f64) {
        let slept = now - std::mem::replace(&mut self.looked_at, now);
        if let Some(end) = self.end.as_mut().filter(|_| slept >= LONGEST_PAUSE) {
            end.at += slept;
        }
    }

    /// There was no result yet. `is_gone`: whether the window is out of sight, so that the next question need not wait.
    pub fn answered_nothing(&mut self, now: f64, is_gone: bool) -> Due {
        self.asking_until = f64::NEG_INFINITY;
        self.wait(now);
        match &mut self.end {
            None => Due::Nothing,
            Some(End {
                questions_left: 0, ..
            }) => Due::GiveUp,
            Some(end) => {
                end.questions_left -= 1;
                if is_gone { self.ask(now) } else { Due::Nothing }
            }
        }
    }
}

//! Is the window closed, or only out of sight?
//!
//! A page with `Cross-Origin-Opener-Policy` makes `popup.closed` true while the popup lives, so `closed` alone says
//! nothing. What tells the two apart: a window that was never seen on a page of its own was severed by its first one;
//! and a user who closes a window gives the focus back to the app, while one who goes on in a severed window does not.

/// What the opener sees of the window at one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Still on its first, empty document.
    Blank,
    /// On a page.
    Away,
    /// `closed` reads true.
    Closed,
}

/// What the looks so far amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The window is there, or may be there out of sight.
    There,
    /// It counts as closed, or as given up; a result that raced with the close has had its time.
    Gone,
}

/// How long the app must have had the focus back before a window out of sight counts as given up, in milliseconds.
pub const GRACE: f64 = 2000.0;

/// A close and the focus that it gives back come within this time of each other, in milliseconds.
const TOGETHER: f64 = 400.0;

/// A window that was on a page for less than this, in milliseconds, was on its way out of sight: between the commit
/// of a page that severs it and `closed`, Chromium shows it on that origin for up to 75 ms, on a busy machine for 130.
const ARRIVAL: f64 = 150.0;

/// How long after it came a provider's page may still send the window on to another one, in milliseconds: many do so at once, by a script.
const SETTLED: f64 = 1000.0;

/// How many looks must read `closed`, because a result may race with the close of its window. In all three engines a message that
/// was posted just before is there by the second, however busy the page is; in milliseconds it may be a hundred (Firefox).
pub const LOOKS: u32 = 3;

/// The watch over one window, or over the page that was sent in its place.
#[derive(Debug, Default)]
pub struct Watch {
    /// Whether it was sent to the provider; from here on, `closed` may mean severed.
    was_sent: bool,
    was_blurred: bool,
    /// Whether a look has found the page without the focus; never under a driver, whose pages have it all the time.
    was_unfocused: bool,
    /// Whether a look has found that it came back: where a frame of the page's gets it, there is no event.
    found_focus: bool,
    away_since: Option<f64>,
    closed_at: Option<f64>,
    /// How many looks have read `closed`.
    closed_looks: u32,
    focused_at: Option<f64>,
}

impl Watch {
    /// The user was sent to the provider.
    pub fn depart(&mut self) {
        self.was_sent = true;
    }

    /// Whether the user was sent there from this page.
    pub fn was_sent(&self) -> bool {
        self.was_sent
    }

    /// Whether it was sent to a page and was not seen on one yet, or came there so lately that the page may send it on.
    pub fn is_on_the_way(&self, now: f64) -> bool {
        let has_just_come = |away_since| now - away_since < SETTLED;
        self.was_sent && self.away_since.is_none_or(has_just_come)
    }

    /// The app's window lost the focus.
    pub fn blur(&mut self) {
        self.was_blurred = true;
        self.focused_at = None;
    }

    /// The app's window was given the focus. Where the window is out of sight, a user who clicks again and again came back once: the grace period
    /// does not begin anew.
    pub fn focus(&mut self, now: f64) {
        let counts = self.closed_at.zip(self.focused_at);
        if !counts.is_some_and(|(closed_at, focused_at)| focused_at >= closed_at - TOGETHER) {
            self.focused_at = Some(now);
        }
    }

    /// A look finds the page with the focus or without it. Answers whether the focus is back though no event has said so. Where a look had found
    /// it back, and this one finds it gone again, that is a blur that no event has told of either.
    pub fn find_focus(&mut self, has_focus: bool) -> bool {
        if has_focus {
            let is_back = self.was_unfocused && self.focused_at.is_none();
            self.found_focus |= is_back;
            return is_back;
        }
        self.was_unfocused = true;
        if std::mem::take(&mut self.found_focus) {
            self.blur();
        }
        false
    }

    /// Whether `closed` was seen.
    pub fn is_out_of_sight(&self) -> bool {
        self.closed_looks > 0
    }

    /// How many looks have read `closed`.
    pub fn closed_looks(&self) -> u32 {
        self.closed_looks
    }

    /// Whether something else than a close could have looked the same: then a result may still come.
    pub fn is_doubtful(&self) -> bool {
        self.was_sent
            && !self
                .closed_at
                .is_some_and(|closed_at| self.was_closed_by_user(closed_at))
    }

    /// `is_doubtful` of a window that is known to be out of sight: where no look has seen that yet, it went out of sight now.
    pub fn may_live(&self, now: f64) -> bool {
        self.was_sent && !self.was_closed_by_user(self.closed_at.unwrap_or(now))
    }

    /// One look at the window.
    pub fn look(&mut self, now: f64, sight: Sight) -> Presence {
        match sight {
            Sight::Blank => {}
            Sight::Away => {
                self.away_since.get_or_insert(now);
                // Between two pages `closed` may read true for a moment.
                (self.closed_at, self.closed_looks) = (None, 0);
            }
            Sight::Closed => {
                let closed_at = *self.closed_at.get_or_insert(now);
                self.closed_looks += 1;
                let is_due = self
                    .exit_time(closed_at)
                    .is_some_and(|exit_time| now >= exit_time);
                if is_due && self.closed_looks >= LOOKS {
                    return Presence::Gone;
                }
            }
        }
        Presence::There
    }

    /// When a window that went out of sight counts as gone; none while the user may be in it.
    fn exit_time(&self, closed_at: f64) -> Option<f64> {
        // The user was back in the app before it went out of sight.
        let had_focus = self
            .focused_at
            .is_some_and(|focused_at| focused_at < closed_at);
        // It never left, or it was in sight on a page, and the user was never in it or not in it any more.
        let was_not_severed =
            !self.was_sent || (self.had_arrived(closed_at) && (!self.was_blurred || had_focus));
        if was_not_severed || self.was_closed_by_user(closed_at) {
            return Some(closed_at);
        }
        // It may have been severed: it counts as gone only some time after the user is back in the app.
        let focused_at = self
            .focused_at
            .filter(|focused_at| *focused_at >= closed_at - TOGETHER)?;
        Some(focused_at.max(closed_at) + GRACE)
    }

    /// The window was on a page, in sight, for long enough.
    fn had_arrived(&self, closed_at: f64) -> bool {
        self.away_since
            .is_some_and(|away_since| closed_at - away_since >= ARRIVAL)
    }

    /// The focus came back together with the close.
    fn was_closed_by_user(&self, closed_at: f64) -> bool {
        let came_together = self
            .focused_at
            .is_some_and(|focused_at| (focused_at - closed_at).abs() <= TOGETHER);
        self.had_arrived(closed_at) && self.was_blurred && came_together
    }
}

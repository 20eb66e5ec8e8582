//! Is the window closed, or only out of sight?
//!
//! A page with `Cross-Origin-Opener-Policy` makes `popup.closed` true while the popup lives, so `closed` alone says
//! nothing. What tells the two apart: a window that was never seen on the provider's origin was severed by its first page;
//! and a user who closes a window gives the focus back to the app, while one who goes on in a severed window does not.

/// What the opener sees of the window at one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Still on its first, empty document.
    Blank,
    /// On another origin.
    Away,
    /// `closed` reads true.
    Closed,
}

/// What the looks so far amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The window is there, or may be there out of sight.
    There,
    /// The user closed it; a result that raced with the close has had its time.
    Gone,
}

/// How long the app must have had the focus back before a window out of sight counts as given up, in milliseconds.
pub const GRACE: f64 = 2000.0;

/// A close and the focus that it gives back come within this time of each other, in milliseconds.
const TOGETHER: f64 = 400.0;

/// A window that was on another origin for less than this, in milliseconds, was on its way out of sight: between the commit
/// of a page that severs it and `closed`, Chromium shows it on that origin for up to 75 ms.
const DEPARTURE: f64 = 150.0;

/// How long a result may race with the close of its window, in milliseconds.
const RACE: f64 = 50.0;

/// The watch over one window. A time that is not yet is NaN, which is neither before nor after any other.
#[derive(Clone, Copy)]
pub struct Watch {
    /// Whether the window was sent to the provider.
    navigated: bool,
    blurred: bool,
    away_since: f64,
    closed_at: f64,
    focused_at: f64,
}

/// Over a window that was not sent anywhere yet.
impl Default for Watch {
    fn default() -> Watch {
        Watch {
            navigated: false,
            blurred: false,
            away_since: f64::NAN,
            closed_at: f64::NAN,
            focused_at: f64::NAN,
        }
    }
}

impl Watch {
    /// The window was sent to the provider; from here on, `closed` may mean severed.
    pub fn navigate(&mut self) {
        self.navigated = true;
    }

    /// The app's window lost the focus.
    pub fn blur(&mut self) {
        self.blurred = true;
        self.focused_at = f64::NAN;
    }

    /// The app's window was given the focus.
    pub fn focus(&mut self, now: f64) {
        self.focused_at = now;
    }

    /// Whether `closed` was seen.
    pub fn out_of_sight(&self) -> bool {
        !self.closed_at.is_nan()
    }

    /// Whether something else than a close could have looked the same: then a result may still come.
    pub fn is_doubtful(&self) -> bool {
        self.navigated && !self.closed_by_user()
    }

    /// One look at the window.
    pub fn look(&mut self, now: f64, sight: Sight) -> Presence {
        match sight {
            Sight::Blank => {}
            Sight::Away => set_once(&mut self.away_since, now),
            Sight::Closed => {
                set_once(&mut self.closed_at, now);
                if now - self.closed_at >= RACE && now >= self.exit_time() {
                    return Presence::Gone;
                }
            }
        }
        Presence::There
    }

    /// When a window that went out of sight counts as gone.
    fn exit_time(&self) -> f64 {
        let unsevered = !self.navigated
            || (self.departed() && (!self.blurred || self.focused_at < self.closed_at));
        if unsevered || self.closed_by_user() {
            self.closed_at
        } else if self.focused_at >= self.closed_at - TOGETHER {
            self.focused_at.max(self.closed_at) + GRACE
        } else {
            f64::INFINITY
        }
    }

    /// The window was on the provider's origin, and in sight.
    fn departed(&self) -> bool {
        self.closed_at - self.away_since >= DEPARTURE
    }

    /// The focus came back together with the close.
    fn closed_by_user(&self) -> bool {
        self.departed() && self.blurred && (self.focused_at - self.closed_at).abs() <= TOGETHER
    }
}

fn set_once(time: &mut f64, now: f64) {
    if time.is_nan() {
        *time = now;
    }
}

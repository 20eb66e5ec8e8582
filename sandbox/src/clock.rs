//! The time, which tests can move.

use std::sync::atomic::{AtomicI64, Ordering};

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// The sandbox's clock: the system's, moved forward by what a test asked for.
#[derive(Debug, Default)]
pub struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// The present moment, in whole milliseconds.
    pub fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc();
        let whole_ms = now.replace_millisecond(now.millisecond()).unwrap_or(now);
        whole_ms + Duration::milliseconds(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Moves the clock forward, so that a test need not wait for an expiry.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.whole_milliseconds()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

/// The moment as ISO 8601 in UTC, e.g. `2026-03-30T10:00:00.125Z`.
pub fn iso(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// The moment in whole seconds with a numeric offset, e.g. `2026-03-30T10:00:00+00:00`, as anny writes it.
pub fn iso_with_offset(at: OffsetDateTime) -> String {
    let seconds = at.replace_nanosecond(0).unwrap_or(at);
    iso(seconds).replace('Z', "+00:00")
}

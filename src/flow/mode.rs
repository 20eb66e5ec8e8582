//! Popup or redirect: what the device can show.

use crate::text::includes;

/// How the provider's page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In a window of its own.
    Popup,
    /// In place of the page.
    Redirect,
}

impl Mode {
    /// What options and records call it.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Popup => "popup",
            Mode::Redirect => "redirect",
        }
    }
}

/// What the page can see of the device.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// `innerWidth`, in CSS pixels.
    pub width: i32,
    /// `innerHeight`, in CSS pixels.
    pub height: i32,
    /// `navigator.userAgent`.
    pub user_agent: String,
    /// `navigator.maxTouchPoints`.
    pub max_touch_points: i32,
    /// Whether the primary pointer is a finger: the media query `(pointer: coarse)`. Asked only up to [`TABLET_WIDTH`], and false above.
    pub has_coarse_pointer: bool,
    /// `navigator.standalone`: a web app on iOS's home screen.
    pub is_standalone: bool,
    /// Whether the page is in a frame.
    pub is_framed: bool,
}

const PHONE_WIDTH: i32 = 480;

/// What is wider is a desktop's, whatever its pointer.
pub const TABLET_WIDTH: i32 = 1024;

/// Phones and tablets by name, and those of iOS among them.
const HAND_HELD: &[&str] = &["Android", "iPhone", "iPad", "iPod"];
const IOS: &[&str] = HAND_HELD.split_at(1).1;

/// In-app browsers, whose windows do not open or do not talk to their opener. On iOS all of them lack what every browser's name
/// there has in it, `Safari/`.
const IN_APP: [&str; 14] = [
    "FBAN",
    "FBAV",
    "FB_IAB",
    "Instagram",
    "Line/",
    "MicroMessenger",
    "Snapchat",
    "Pinterest",
    "LinkedInApp",
    "Bytedance",
    "musical_ly",
    "KAKAOTALK",
    "Twitter",
    "; wv)",
];

impl Device {
    fn names_itself(&self, any: &[&str]) -> bool {
        any.iter().any(|name| includes(&self.user_agent, name))
    }

    /// A phone or a tablet. A Mac has no touch screen, so what says that it is one and has one is an iPad; a laptop with a
    /// touch screen has a mouse or a trackpad as its primary pointer.
    fn is_hand_held(&self) -> bool {
        let is_ipad = self.max_touch_points > 1 && includes(&self.user_agent, "Macintosh");
        is_ipad || self.has_coarse_pointer || self.names_itself(HAND_HELD)
    }

    /// An in-app browser by name, or a web view of iOS.
    fn is_in_app(&self) -> bool {
        let is_web_view = self.names_itself(IOS) && !includes(&self.user_agent, "Safari/");
        is_web_view || self.names_itself(&IN_APP)
    }
}

/// The mode that `auto` means on a device. A frame is never redirected.
pub fn decide_mode(device: &Device) -> Mode {
    let is_upright = device.height > device.width && device.width <= TABLET_WIDTH;
    let is_narrow = device.width <= PHONE_WIDTH || is_upright;
    let redirects =
        (is_narrow && device.is_hand_held()) || device.is_standalone || device.is_in_app();
    if redirects && !device.is_framed {
        Mode::Redirect
    } else {
        Mode::Popup
    }
}

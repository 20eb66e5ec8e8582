//! Popup or redirect: what the app asks for, and what the device can show.

use crate::options::CommonOptions;
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
    /// By its name in options and records; none where it is left to the device.
    pub fn named(name: &str) -> Option<Mode> {
        match name {
            "popup" => Some(Mode::Popup),
            "redirect" => Some(Mode::Redirect),
            _ => None,
        }
    }

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
    pub width: f64,
    /// `innerHeight`, in CSS pixels.
    pub height: f64,
    /// `navigator.userAgent`.
    pub user_agent: String,
    /// `navigator.maxTouchPoints`.
    pub max_touch_points: f64,
    /// Whether the primary pointer is a finger: the media query `(pointer: coarse)`. Asked only up to [`TABLET_WIDTH`], and false above.
    pub has_coarse_pointer: bool,
    /// `navigator.standalone`: a web app on iOS's home screen.
    pub is_standalone: bool,
    /// Whether the page is in a frame.
    pub is_framed: bool,
}

const PHONE_WIDTH: f64 = 480.0;

/// What is wider is a desktop's, whatever its pointer; a phone that shows a wider page smaller names itself.
pub const TABLET_WIDTH: f64 = 1024.0;

/// What the names of iOS's devices have in common: iPhone, iPad, iPod.
const IOS: &str = "iP";

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

/// The mode of a flow: what the app asks for, or what `auto` means here. `is_left_to_redirect`: nothing was opened in the click, and now
/// it is too late for a window.
pub fn choose_mode(common: &CommonOptions, device: &Device, is_left_to_redirect: bool) -> Mode {
    // A window that the app opened is there to be used.
    let auto = if common.brings_window {
        Mode::Popup
    } else if is_left_to_redirect {
        Mode::Redirect
    } else {
        decide_mode(device)
    };
    common.mode.unwrap_or(auto)
}

/// The mode that `auto` means on a device. A frame is never redirected.
pub fn decide_mode(device: &Device) -> Mode {
    let names_itself = |name: &str| includes(&device.user_agent, name);
    // A phone shows a page that is wider than itself smaller, and says then that it is as wide as the page.
    let is_mobile = names_itself("Mobi");
    let is_small = device.width <= TABLET_WIDTH || is_mobile;
    let is_upright = is_small && device.height > device.width;
    let is_narrow = is_upright || device.width <= PHONE_WIDTH;
    // A Mac has no touch screen, so what says that it is one and has one is an iPad.
    let is_ipad = device.max_touch_points > 1.0 && names_itself("Mac");
    let is_ios = is_ipad || names_itself(IOS);
    // A laptop with a touch screen has a mouse or a trackpad as its primary pointer.
    let is_hand_held = device.has_coarse_pointer || is_ios || is_mobile || names_itself("Android");
    let is_web_view = is_ios && !names_itself("Safari/");
    let is_in_app = is_web_view || IN_APP.iter().any(|name| names_itself(name));
    let redirects = (is_narrow && is_hand_held) || device.is_standalone || is_in_app;
    if redirects && !device.is_framed {
        Mode::Redirect
    } else {
        Mode::Popup
    }
}

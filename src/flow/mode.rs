//! Popup or redirect: what the device can show.

use super::encoding::contains;

/// How the provider's page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In a window of its own.
    Popup,
    /// In place of the page.
    Redirect,
}

/// What the page can see of the device.
pub struct Device<'a> {
    /// `innerWidth`, in CSS pixels.
    pub width: u32,
    /// `innerHeight`, in CSS pixels.
    pub height: u32,
    /// `navigator.maxTouchPoints`.
    pub touch_points: u32,
    /// Whether the page is in a frame.
    pub framed: bool,
    /// iOS's `navigator.standalone`: a web app on the home screen.
    pub standalone: bool,
    /// `navigator.userAgent`.
    pub user_agent: &'a str,
}

/// In-app browsers that cannot open a window that talks to its opener.
pub const IN_APP: &[&str] = &[
    "FBAN", "FBAV", "FB_IAB", "Instagram", "Line/", "MicroMessenger", "Snapchat", "Pinterest", "LinkedInApp", "Bytedance", "musical_ly", "KAKAOTALK", "Twitter", "; wv)",
];

const PHONE_WIDTH: u32 = 480;
const TABLET_WIDTH: u32 = 1024;

/// The mode that `auto` means on a device. A frame is never redirected.
pub fn decide_mode(device: &Device) -> Mode {
    let agent_has = |mark: &&str| contains(device.user_agent, mark);
    let hand_held = device.touch_points > 1 || ["Android", "iPhone", "iPad", "iPod"].iter().any(agent_has);
    let upright = device.height > device.width && device.width <= TABLET_WIDTH;
    let narrow = hand_held && (device.width <= PHONE_WIDTH || upright);
    let popup = device.framed || !(narrow || device.standalone || IN_APP.iter().any(agent_has));
    if popup { Mode::Popup } else { Mode::Redirect }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15";

    fn mode(width: u32, height: u32, touch_points: u32, user_agent: &str) -> Mode {
        decide_mode(&Device { width, height, touch_points, framed: false, standalone: false, user_agent })
    }

    #[test]
    fn phones_redirect_and_desktops_do_not() {
        assert_eq!(mode(390, 844, 5, IPHONE), Mode::Redirect);
        assert_eq!(mode(480, 320, 5, IPHONE), Mode::Redirect);
        assert_eq!(mode(844, 390, 5, IPHONE), Mode::Popup);
        assert_eq!(mode(1280, 800, 0, MAC), Mode::Popup);
        assert_eq!(mode(400, 800, 0, MAC), Mode::Popup);
    }

    #[test]
    fn an_ipad_that_says_it_is_a_macintosh_redirects_upright_only() {
        assert_eq!(mode(820, 1180, 5, MAC), Mode::Redirect);
        assert_eq!(mode(1024, 1366, 5, MAC), Mode::Redirect);
        assert_eq!(mode(1025, 1366, 5, MAC), Mode::Popup);
        assert_eq!(mode(1180, 820, 5, MAC), Mode::Popup);
        assert_eq!(mode(820, 1180, 1, MAC), Mode::Popup);
    }

    #[test]
    fn in_app_browsers_and_home_screen_apps_redirect_but_never_a_frame() {
        for mark in IN_APP {
            let user_agent = &["Mozilla/5.0 ", mark].concat();
            let mut device = Device { width: 1200, height: 800, touch_points: 0, framed: false, standalone: false, user_agent };
            assert_eq!(decide_mode(&device), Mode::Redirect, "{mark}");
            device.framed = true;
            assert_eq!(decide_mode(&device), Mode::Popup, "{mark}");
        }
        let home_screen = Device { width: 1200, height: 800, touch_points: 5, framed: false, standalone: true, user_agent: IPHONE };
        assert_eq!(decide_mode(&home_screen), Mode::Redirect);
    }
}

//! Popup or redirect: what the device can show.

/// How the provider's page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In a window of its own.
    Popup,
    /// In place of the page.
    Redirect,
}

/// What the page can see of the device.
#[derive(Clone, Copy)]
pub struct Device {
    /// `innerWidth`, in CSS pixels.
    pub width: i32,
    /// `innerHeight`, in CSS pixels.
    pub height: i32,
    /// More than one touch point (an iPad that says it is a Macintosh has five), or a user agent of a phone or tablet.
    pub hand_held: bool,
    /// Whether the page is in a frame.
    pub framed: bool,
    /// An in-app browser, which opens no window that talks to its opener, or a web app on iOS's home screen.
    pub in_app: bool,
}

const PHONE_WIDTH: i32 = 480;
const TABLET_WIDTH: i32 = 1024;

/// The mode that `auto` means on a device. A frame is never redirected.
pub fn decide_mode(device: Device) -> Mode {
    let upright = device.height > device.width && device.width <= TABLET_WIDTH;
    let narrow = device.hand_held && (device.width <= PHONE_WIDTH || upright);
    if !device.framed && (narrow || device.in_app) {
        Mode::Redirect
    } else {
        Mode::Popup
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(width: i32, height: i32, hand_held: bool) -> Mode {
        decide_mode(Device {
            width,
            height,
            hand_held,
            framed: false,
            in_app: false,
        })
    }

    #[test]
    fn phones_and_upright_tablets_redirect() {
        assert_eq!(mode(390, 844, true), Mode::Redirect);
        assert_eq!(mode(480, 320, true), Mode::Redirect);
        assert_eq!(mode(820, 1180, true), Mode::Redirect);
        assert_eq!(mode(1024, 1366, true), Mode::Redirect);
    }

    #[test]
    fn tablets_on_their_side_and_desktops_do_not() {
        assert_eq!(mode(844, 390, true), Mode::Popup);
        assert_eq!(mode(1180, 820, true), Mode::Popup);
        assert_eq!(mode(1025, 1366, true), Mode::Popup);
        assert_eq!(mode(1024, 1024, true), Mode::Popup);
        assert_eq!(mode(400, 800, false), Mode::Popup);
    }

    #[test]
    fn in_app_browsers_redirect_but_never_a_frame() {
        let mut device = Device {
            width: 1200,
            height: 800,
            hand_held: false,
            framed: false,
            in_app: true,
        };
        assert_eq!(decide_mode(device), Mode::Redirect);
        device.framed = true;
        assert_eq!(decide_mode(device), Mode::Popup);
    }
}

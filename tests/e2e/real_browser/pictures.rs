//! Our pages as they are seen: wide and narrow, light and dark. `cargo xtask screenshots` keeps the pictures.

use super::{APPROVE, DENY, asking, login};
use crate::harness::{Chromium, Scheme};
use std::path::PathBuf;

/// Names the folder that the pictures are written to.
const VARIABLE: &str = "SSO_SCREENSHOTS";
/// A screen, and a telephone.
const SIZES: [(&str, (u32, u32)); 2] = [("wide", (1280, 720)), ("narrow", (375, 640))];
/// What a picture in the documents may weigh.
const MOST_BYTES: usize = 40 * 1024;

/// Width and height of a PNG, from its first chunk.
pub(super) fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!((&png[..8], &png[12..16]), (&b"\x89PNG\r\n\x1a\n"[..], &b"IHDR"[..]), "it is a PNG");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

/// Draws the page in every way that it is seen.
fn draws(browser: &Chromium, name: &str) {
    let (page, empty) = (browser.tab(), browser.new_tab());
    for (width, pixels) in SIZES {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        for scheme in [Scheme::Light, Scheme::Dark] {
            browser.look_at(&empty);
            browser.looks(pixels, scheme);
            let nothing = browser.screenshot();
            browser.look_at(&page);
            browser.looks(pixels, scheme);
            let fits = "return String(document.documentElement.scrollWidth <= innerWidth)";
            assert_eq!(browser.script(fits), "true", "{name} is wider than {width}");
            let picture = browser.screenshot();
            let name = format!("{name}-{width}-{}", scheme.name());
            assert_eq!(size(&picture), pixels, "{name}");
            assert!(picture != nothing && !seen.contains(&picture), "{name} shows something of its own");
            keep(&name, &picture);
            seen.push(picture);
        }
    }
}

/// Writes the picture, if somebody wants it.
fn keep(name: &str, picture: &[u8]) {
    assert!(picture.len() < MOST_BYTES, "{name} has {} bytes", picture.len());
    let Some(folder) = std::env::var_os(VARIABLE).map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::fs::write(folder.join(format!("{name}.png")), picture).expect("a picture can be written");
}

#[test]
fn of_our_pages() {
    let world = asking("real_browser: our pages, wide and narrow, light and dark");
    let Some(browser) = world.chromium() else { return };
    for (name, button, code) in [("approved", APPROVE, 0), ("refused", DENY, 5)] {
        let login = login(&world, &["--force"]);
        browser.open(&login.address());
        browser.click(button);
        login.finish().exits(code);
        browser.sees("You can close this tab.");
        draws(&browser, name);
    }
    // A tab of an earlier login.
    let login = login(&world, &["--force"]);
    let redirect = crate::harness::http::parameter(&login.address(), "redirect_uri");
    browser.open(&format!("{redirect}?code=x&state=of-another-login"));
    draws(&browser, "wrong-address");
    login.interrupt();
    login.finish().exits(130);
}

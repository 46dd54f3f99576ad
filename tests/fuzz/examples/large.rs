//! Writes the large inputs of a target below a folder: `large TARGET FOLDER`. For `cargo xtask fuzz`, which gives each of
//! them to the target: 64 KiB take less than 1 s, and 1 MiB not more than sixteen times that.
#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "a tool of the tests")]

use sso_fuzz::{TARGETS, large};
use std::fs;
use std::path::Path;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().expect("a target");
    let folder = arguments.next().expect("a folder");
    assert!(TARGETS.iter().any(|known| known.name == target), "there is no target {target}");
    for (size, length) in [("64k", 64 << 10), ("1m", 1 << 20)] {
        let folder = Path::new(&folder).join(size);
        fs::create_dir_all(&folder).expect("made");
        for (name, data) in large(&target, length) {
            fs::write(folder.join(name), data).expect("written");
        }
    }
}

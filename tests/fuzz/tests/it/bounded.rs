//! Each target: what was found once, its corpus, and so many inputs more. A number of inputs, not a time: it ends the same
//! way on every machine.

use crate::mutate::{Random, input};
use sso_fuzz::seeds::{inputs, words};
use sso_fuzz::{TARGETS, Target, large};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The same every day. With another one the inputs are others.
const SEED: u64 = 20_261_121;
/// How long, and how many of them at most: `cargo xtask fuzz` tries all.
const LARGE: [(usize, usize); 2] = [(64 << 10, 12), (1 << 20, 2)];
/// Longer inputs are not printed whole; the seed and the number tell them as well.
const SHOWN: usize = 4096;

fn run(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let mut known = Vec::new();
    for folder in ["regressions", "corpus"] {
        for (path, data) in inputs(folder, name) {
            tried(target, &path.display().to_string(), &data);
            known.push(data);
        }
    }
    let (words, mut random) = (words(name), Random::new(SEED));
    for (length, most) in LARGE {
        let made = large(name, length);
        let step = made.len().div_ceil(most);
        for (input, data) in made.iter().step_by(step) {
            tried(target, &format!("large input {input} of {length} bytes"), data);
        }
    }
    for number in 0..target.cases {
        let data = input(&mut random, &known, &words);
        tried(target, &format!("input {number} of seed {SEED}"), &data);
    }
}

/// Runs the target; says which input it died of, so that it can be kept.
fn tried(target: &Target, what: &str, data: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.run)(data))) {
        let shown: String = data.iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect();
        let name = target.name;
        eprintln!("{name} died of {what}, {} bytes: {shown}", data.len());
        eprintln!("to keep it: xxd -r -p > tests/fuzz/regressions/{name}/NAME");
        resume_unwind(panic);
    }
}

macro_rules! bounded {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            run(stringify!($target));
        })*

        #[test]
        fn no_target_is_left_out() {
            assert_eq!(TARGETS.map(|target| target.name), [$(stringify!($target)),*]);
        }
    };
}

bounded! {
    admin_reply
    callback
    callback_http
    config_edit
    config_glance
    config_names
    config_parse
    endpoint_http
    escaper
    oidc_reply
    portal_reply
    registration_json
    role_json
    shell_export
    sts_reply
    token_json
    urls
}

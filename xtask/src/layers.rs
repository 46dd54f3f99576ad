//! `cargo xtask layers`: who may depend on whom, proved from `cargo metadata`.

use crate::licence;
use crate::metadata::{Edge, Metadata};

/// What each crate of ours may depend on (an arrow of ARCHITECTURE.md). Widening a row is a decision, not a fix.
const ARROWS: [(&str, &[&str]); 16] = [
    ("sso-core", &[]),
    ("sso-fs", &[]),
    ("sso-config", &["sso-core", "sso-fs"]),
    ("sso-cache", &["sso-core", "sso-fs"]),
    ("sso-http", &["sso-core"]),
    ("sso-oidc", &["sso-core", "sso-http"]),
    ("sso-portal", &["sso-core", "sso-http"]),
    ("sso-discovery", &["sso-core", "sso-http"]),
    ("sso-endpoint", &["sso-core"]),
    ("sso-keyring", &["sso-core"]),
    (
        "sso-cli",
        &[
            "sso-core",
            "sso-fs",
            "sso-config",
            "sso-cache",
            "sso-http",
            "sso-oidc",
            "sso-portal",
            "sso-discovery",
            "sso-endpoint",
            "sso-keyring",
        ],
    ),
    // An oracle must not share the product's types.
    ("sso-sim", &[]),
    ("sso-vectors", &[]),
    // It runs whatever reads what comes from outside. Nobody has an arrow to it.
    (
        "sso-fuzz",
        &[
            "sso-core",
            "sso-config",
            "sso-cache",
            "sso-http",
            "sso-oidc",
            "sso-portal",
            "sso-discovery",
            "sso-endpoint",
        ],
    ),
    // Its pages show the libraries together, as a program has them. Nobody has an arrow to it.
    (
        "sso-guide",
        &[
            "sso-core",
            "sso-fs",
            "sso-config",
            "sso-cache",
            "sso-http",
            "sso-oidc",
            "sso-portal",
            "sso-discovery",
            "sso-endpoint",
            "sso-keyring",
        ],
    ),
    ("xtask", &["sso-sim"]),
];

/// The crates whose tests talk to the simulated AWS.
const SIM_USERS: [&str; 5] = ["sso-http", "sso-oidc", "sso-portal", "sso-discovery", "sso-cli"];

/// The path of cached credentials: these start no runtime and open no connection (0.8 ms instead of 3 ms and more).
const OFFLINE: [&str; 3] = ["sso-core", "sso-config", "sso-cache"];

/// What [`OFFLINE`] crates never reach.
const ONLINE: [&str; 3] = ["tokio", "reqwest", "hyper"];

/// Who may ask `sso-http` for replies that no network gave (its feature `canned`).
const CANNED: &str = "sso-fuzz";

/// Packages that must not be in the graph at all; the reasons are in deny.toml.
const BANNED: [&str; 5] = ["openssl", "openssl-sys", "native-tls", "aws-lc-rs", "aws-lc-sys"];

/// The one registry. cargo names it so even when it fetches the index another way.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A rule that was checked: what it proved, or every place that breaks it.
#[derive(Debug)]
struct Finding {
    rule: &'static str,
    proved: String,
    broken: Vec<String>,
}

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("takes no arguments".to_owned());
    }
    let findings = check(&Metadata::load()?);
    for Finding { rule, proved, broken } in &findings {
        match broken.as_slice() {
            [] => println!("ok    {rule}: {proved}"),
            broken => broken.iter().for_each(|place| println!("FAIL  {rule}: {place}")),
        }
    }
    match findings.iter().map(|finding| finding.broken.len()).sum::<usize>() {
        0 => Ok(()),
        count => Err(format!("{count} places break a rule")),
    }
}

fn check(metadata: &Metadata) -> [Finding; 7] {
    [
        known(metadata),
        arrows(metadata),
        offline(metadata),
        canned(metadata),
        licences(metadata),
        sources(metadata),
        bans(metadata),
    ]
}

fn known(metadata: &Metadata) -> Finding {
    let unknown = metadata.members().filter(|package| ARROWS.iter().all(|(name, _)| package.name != *name));
    let broken =
        unknown.map(|package| format!("{} has no row in the table of arrows", package.name)).collect();
    let proved =
        format!("each of the {} crates has its row in the table of arrows", metadata.members().count());
    Finding { rule: "members", proved, broken }
}

fn arrows(metadata: &Metadata) -> Finding {
    let edges = metadata.edges();
    let proved = format!("{} dependencies between our crates, each one allowed", edges.len());
    let broken = edges.iter().filter(|edge| !may(edge)).map(|Edge { from, to, dev }| {
        format!("{from} -> {to}{} is not allowed", if *dev { " (dev-dependency)" } else { "" })
    });
    Finding { rule: "arrows", proved, broken: broken.collect() }
}

/// Whether the table has the arrow. Tests may also use the simulated AWS, where there is a network, and upstream's data.
fn may(edge: &Edge<'_>) -> bool {
    let row = ARROWS.iter().find(|(name, _)| *name == edge.from);
    let in_table = row.is_some_and(|(_, targets)| targets.contains(&edge.to));
    let for_tests = edge.to == "sso-vectors" || (edge.to == "sso-sim" && SIM_USERS.contains(&edge.from));
    in_table || (edge.dev && for_tests)
}

fn offline(metadata: &Metadata) -> Finding {
    let pairs = OFFLINE.iter().flat_map(|from| ONLINE.iter().map(move |to| (from, to)));
    let ways = pairs.filter_map(|(from, to)| Some(metadata.way(from, to)?.join(" -> ")));
    // A crate under another name would pass unseen.
    let missing = OFFLINE.iter().filter(|name| metadata.members().all(|package| package.name != **name));
    let broken = missing.map(|name| format!("{name} is not in the workspace")).chain(ways).collect();
    let proved = format!("{} reach none of {}", OFFLINE.join(", "), ONLINE.join(", "));
    Finding { rule: "offline", proved, broken }
}

fn canned(metadata: &Metadata) -> Finding {
    let others = metadata.askers("sso-http", "canned").into_iter().filter(|name| *name != CANNED);
    let broken = others.map(|name| format!("{name} asks sso-http for canned replies")).collect();
    Finding {
        rule: "canned",
        proved: format!("nobody but {CANNED} has replies that no network gave"),
        broken,
    }
}

fn licences(metadata: &Metadata) -> Finding {
    let refused = metadata
        .packages
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(licence::is_allowed));
    let broken = refused.map(|package| {
        let licence = package.license.as_deref().unwrap_or("no licence");
        format!("{} {} is under {licence}", package.name, package.version)
    });
    let proved = format!("{} packages, each under a licence of the list", metadata.packages.len());
    Finding { rule: "licences", broken: broken.collect(), proved }
}

fn sources(metadata: &Metadata) -> Finding {
    let foreign = |source: &&str| *source != CRATES_IO;
    let broken = metadata.packages.iter().filter_map(|package| {
        let source = package.source.as_deref().filter(foreign)?;
        Some(format!("{} {} comes from {source}", package.name, package.version))
    });
    let proved = "every package comes from crates.io or is a folder of ours".to_owned();
    Finding { rule: "sources", broken: broken.collect(), proved }
}

fn bans(metadata: &Metadata) -> Finding {
    let banned = metadata.packages.iter().filter(|package| BANNED.contains(&package.name.as_str()));
    let broken =
        banned.map(|package| format!("{} {} is in the graph", package.name, package.version)).collect();
    Finding { rule: "bans", proved: format!("none of {}", BANNED.join(", ")), broken }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const DENY: &str = include_str!("../../deny.toml");

    fn package(name: &str, dependencies: &Value) -> Value {
        json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT", "source": null, "dependencies": dependencies })
    }

    fn foreign(name: &str, licence: Option<&str>, source: &str) -> Value {
        json!({ "id": name, "name": name, "version": "1.0.0", "license": licence, "source": source, "dependencies": [] })
    }

    /// core, config, cache -> core, http -> core, http -(dev)-> sim; cache -> helper -> tokio for tests only.
    fn forged() -> Value {
        json!({
            "packages": [
                package("sso-core", &json!([])),
                package("sso-cache", &json!([{ "name": "sso-core", "kind": null }, { "name": "helper", "kind": null }])),
                package("sso-http", &json!([{ "name": "sso-core", "kind": null }, { "name": "sso-sim", "kind": "dev" }])),
                package("sso-sim", &json!([])),
                package("sso-config", &json!([])),
                foreign("helper", Some("MIT OR Apache-2.0"), CRATES_IO),
                foreign("tokio", Some("MIT"), CRATES_IO),
            ],
            "workspace_members": ["sso-core", "sso-cache", "sso-http", "sso-sim", "sso-config"],
            "resolve": { "nodes": [
                { "id": "sso-core", "deps": [] },
                { "id": "sso-cache", "deps": [
                    { "pkg": "sso-core", "dep_kinds": [{ "kind": null }] },
                    { "pkg": "helper", "dep_kinds": [{ "kind": null }] },
                ] },
                { "id": "helper", "deps": [{ "pkg": "tokio", "dep_kinds": [{ "kind": "dev" }] }] },
            ] },
        })
    }

    fn broken(metadata: Value) -> Vec<String> {
        let metadata: Metadata = serde_json::from_value(metadata).expect("metadata");
        let said = check(&metadata).into_iter().flat_map(|finding| {
            finding.broken.into_iter().map(move |place| format!("{}: {place}", finding.rule))
        });
        said.collect()
    }

    #[test]
    fn a_house_in_order_passes() {
        assert_eq!(broken(forged()), Vec::<String>::new());
    }

    #[test]
    fn each_rule_can_fail_and_names_the_place() {
        let add = |place: &str, value: Value| {
            let mut metadata = forged();
            metadata.pointer_mut(place).and_then(Value::as_array_mut).expect("a list").push(value);
            metadata
        };
        let edge = |name: &str, kind: Option<&str>| json!({ "name": name, "kind": kind });
        let mut runtime = forged();
        runtime["resolve"]["nodes"][2]["deps"][0]["dep_kinds"] = json!([{ "kind": "dev" }, { "kind": null }]);
        let mut renamed = forged();
        renamed["workspace_members"].as_array_mut().expect("a list").pop();
        let mut stranger = add("/packages", package("sso-new", &json!([])));
        stranger["workspace_members"].as_array_mut().expect("a list").push(json!("sso-new"));
        for (metadata, said) in [
            (
                add("/packages/0/dependencies", edge("sso-http", None)),
                "arrows: sso-core -> sso-http is not allowed",
            ),
            (
                add("/packages/1/dependencies", edge("sso-http", Some("dev"))),
                "arrows: sso-cache -> sso-http (dev-dependency) is not allowed",
            ),
            (
                add("/packages/1/dependencies", edge("sso-sim", Some("dev"))),
                "arrows: sso-cache -> sso-sim (dev-dependency) is not allowed",
            ),
            (
                add("/packages/2/dependencies", edge("sso-sim", None)),
                "arrows: sso-http -> sso-sim is not allowed",
            ),
            (
                add("/packages/3/dependencies", edge("sso-core", Some("build"))),
                "arrows: sso-sim -> sso-core is not allowed",
            ),
            (runtime, "offline: sso-cache -> helper -> tokio"),
            (renamed, "offline: sso-config is not in the workspace"),
            (stranger, "members: sso-new has no row in the table of arrows"),
            (
                add("/packages", foreign("copyleft", Some("GPL-3.0-only"), CRATES_IO)),
                "licences: copyleft 1.0.0 is under GPL-3.0-only",
            ),
            (add("/packages", foreign("bare", None, CRATES_IO)), "licences: bare 1.0.0 is under no licence"),
            (
                add("/packages", foreign("fork", Some("MIT"), "git+https://example.com/fork")),
                "sources: fork 1.0.0 comes from git+https://example.com/fork",
            ),
            (
                add("/packages", foreign("openssl-sys", Some("MIT"), CRATES_IO)),
                "bans: openssl-sys 1.0.0 is in the graph",
            ),
        ] {
            assert_eq!(broken(metadata), [said]);
        }
    }

    #[test]
    fn canned_replies_are_for_one_crate() {
        let asks = json!({ "name": "sso-http", "kind": "dev", "features": ["canned"] });
        let mut metadata = forged();
        metadata["packages"][1]["dependencies"].as_array_mut().expect("a list").push(asks.clone());
        let said = "canned: sso-cache asks sso-http for canned replies";
        assert!(broken(metadata).iter().any(|line| line == said));
        let mut metadata = forged();
        metadata["packages"].as_array_mut().expect("a list").push(package(CANNED, &json!([asks])));
        metadata["workspace_members"].as_array_mut().expect("a list").push(json!(CANNED));
        assert!(broken(metadata).iter().all(|line| !line.starts_with("canned")));
    }

    /// The quoted words of a list in deny.toml, comments left out.
    fn listed(start: &str) -> Vec<String> {
        let list = DENY.split_once(start).and_then(|(_, rest)| rest.split_once("\n]")).expect(start).0;
        let lines = list.lines().map(|line| line.split('#').next().unwrap_or_default());
        lines.filter_map(|line| Some(line.split('"').nth(1)?.to_owned())).collect()
    }

    #[test]
    fn deny_toml_has_the_same_lists() {
        assert_eq!(listed("\nallow = ["), licence::ALLOWED);
        assert_eq!(listed("\ndeny = ["), BANNED);
    }
}

//! A package for Debian, made by cargo-deb: `[package.metadata.deb]` in crates/cli/Cargo.toml says what it holds.

use super::archive::{Files, Item};
use super::{PROFILE, Release, read, root};
use crate::run::{cargo, installed};
use flate2::{Compression, GzBuilder};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Who answers for the package. The address leads nowhere: whoever hands packages out puts theirs here and in Cargo.toml.
const MAINTAINER: &str = "The sso contributors <contributors@sso.invalid>";

/// How often this version was packaged.
const REVISION: u32 = 1;

/// Makes it, where that can be done; else says what is missing.
pub(super) fn make(release: &Release, files: &Files, place: &Path) -> Result<Option<PathBuf>, String> {
    if !installed("deb") {
        println!("no package for Debian: cargo-deb is missing: cargo install cargo-deb");
        return Ok(None);
    }
    stage(release, files)?.write(&place.join("package"))?;
    let words =
        ["deb", "--quiet", "--locked", "--no-build", "--no-strip", "--profile", PROFILE, "-p", "sso-cli"];
    let mut command = cargo();
    command.args(words).arg("--output").arg(place).env("SOURCE_DATE_EPOCH", release.time.to_string());
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo deb cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo deb ended with {}", output.status));
    }
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let made = said.lines().last().map(PathBuf::from).filter(|made| made.is_file());
    made.map(Some).ok_or_else(|| format!("cargo deb names no package: {said}"))
}

/// What the package holds besides the program; cargo-deb takes that from where it was built.
fn stage(release: &Release, files: &Files) -> Result<Files, String> {
    let mut staged = Files::default();
    let small = |bytes: &[u8]| gzip(bytes).map(Item::Text).map_err(|error| format!("gzip: {error}"));
    for (path, item) in files.iter() {
        match item {
            Item::Program(_) => {}
            Item::Text(text) if path.starts_with("man/") => staged.add(&format!("{path}.gz"), small(text)?),
            Item::Text(text) => staged.add(path, Item::Text(text.clone())),
        }
    }
    let mit = String::from_utf8_lossy(&read(&root().join("LICENSE-MIT"))?).into_owned();
    staged.add("copyright", Item::Text(copyright(&mit)?.into()));
    staged.add("changelog.Debian.gz", small(changelog(release.version, release.time)?.as_bytes())?);
    Ok(staged)
}

/// In Debian's machine-readable form.
fn copyright(mit: &str) -> Result<String, String> {
    let holder =
        mit.lines().find_map(|line| line.strip_prefix("Copyright (c) ")).ok_or("LICENSE-MIT names nobody")?;
    let (_, terms) = mit.split_once(holder).unwrap_or_default();
    let terms: String = terms
        .trim()
        .lines()
        .map(|line| if line.is_empty() { " .\n".to_owned() } else { format!(" {line}\n") })
        .collect();
    Ok(format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\
         Upstream-Name: sso\n\
         Comment: The program contains crates of others, each under its own licence:\n \
          /usr/share/doc/sso/THIRD-PARTY has them all.\n\
         \n\
         Files: *\n\
         Copyright: {holder}\n\
         License: MIT or Apache-2.0\n\
         \n\
         License: MIT\n{terms}\n\
         License: Apache-2.0\n \
          On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n"
    ))
}

/// The package's own changes; the program's are in CHANGELOG.md.
fn changelog(version: &str, time: u64) -> Result<String, String> {
    let seconds = i64::try_from(time).map_err(|error| error.to_string())?;
    let at = jiff::Timestamp::from_second(seconds).map_err(|error| error.to_string())?;
    let date = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    Ok(format!(
        "sso ({version}-{REVISION}) unstable; urgency=medium\n\n  \
           * What is new is in changelog.gz.\n\n \
          -- {MAINTAINER}  {date}\n"
    ))
}

/// As Debian wants it: as small as can be, without a name or a time.
fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    stream.write_all(bytes)?;
    stream.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const MANIFEST: &str = include_str!("../../../crates/cli/Cargo.toml");
    const MIT: &str = include_str!("../../../LICENSE-MIT");

    fn strings(list: &str) -> Vec<&str> {
        list.split('"').skip(1).step_by(2).collect()
    }

    /// Source and destination of what Cargo.toml says is in the package.
    fn assets() -> Vec<(&'static str, &'static str)> {
        let (_, behind) = MANIFEST.split_once("\nassets = [\n").expect("a list of assets");
        let (list, _) = behind.split_once("\n]").expect("the end of the list");
        let asset = |line: &'static str| match strings(line).as_slice() {
            [from, to, "755" | "644"] => (*from, *to),
            _ => panic!("not an asset: {line}"),
        };
        list.lines().map(asset).collect()
    }

    #[test]
    fn who_answers_for_the_package_is_the_same_everywhere() {
        assert!(MANIFEST.contains(&format!("maintainer = \"{MAINTAINER}\"")));
        assert!(MANIFEST.contains(&format!("revision = \"{REVISION}\"")));
        assert!(MANIFEST.contains(&format!("profile = \"{PROFILE}\"")));
    }

    /// Each file that is staged has its place, and no place waits for a file that is not.
    #[test]
    fn every_file_has_its_place() {
        let mut files = Files::default();
        let page = |name: &str| (name.to_owned(), Item::Text(Vec::new()));
        for (path, item) in [page("man/sso.1"), page("THIRD-PARTY"), page("THIRD-PARTY-std.html")] {
            files.add(&path, item);
        }
        for (_, name) in super::super::COMPLETIONS {
            files.add(&format!("completions/{name}"), Item::Text(Vec::new()));
        }
        let release = Release { version: "1.2.3", target: "here".to_owned(), time: 0 };
        let staged = stage(&release, &files).expect("staged");
        let there: BTreeSet<&str> = staged.iter().map(|(path, _)| path).collect();
        let assets = assets();
        let wanted = assets.iter().filter_map(|(from, _)| from.strip_prefix("target/release/package/"));
        let fits = |path: &str, wanted: &str| match wanted.split_once('*') {
            Some((start, end)) => path.starts_with(start) && path.ends_with(end),
            None => path == wanted,
        };
        let wanted: Vec<&str> = wanted.collect();
        for one in &wanted {
            assert!(there.iter().any(|path| fits(path, one)), "{one} is not staged: {there:?}");
        }
        let left: Vec<&&str> =
            there.iter().filter(|path| !wanted.iter().any(|one| fits(path, one))).collect();
        assert_eq!(
            left,
            [&"completions/sso.elv", &"completions/sso.ps1"],
            "shells that look in no folder of Debian's"
        );
    }

    #[test]
    fn licences_are_told_as_debian_reads_them() {
        let told = copyright(MIT).expect("a holder");
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines.contains(&"Copyright: 2026 The sso contributors"), "{told}");
        assert!(
            lines.contains(&" Permission is hereby granted, free of charge, to any person obtaining a copy"),
            "{told}"
        );
        // A line of a field begins with a blank; an empty one would end the paragraph.
        let (_, terms) = told.split_once("License: MIT\n").expect("the terms");
        let (terms, _) = terms.split_once("\nLicense: ").expect("their end");
        assert!(
            terms.trim_end_matches('\n').lines().all(|line| line.starts_with(' ') && line.len() > 1),
            "{terms}"
        );
        assert!(terms.contains("\n .\n"), "{terms}");
        assert!(copyright("Do what you want.\n").is_err());
    }

    #[test]
    fn changes_are_told_as_debian_reads_them() {
        assert_eq!(
            changelog("1.2.3", 1_795_000_000).expect("a time"),
            "sso (1.2.3-1) unstable; urgency=medium\n\n  * What is new is in changelog.gz.\n\n \
             -- The sso contributors <contributors@sso.invalid>  Wed, 18 Nov 2026 11:06:40 +0000\n"
        );
        assert!(changelog("1.2.3", u64::MAX).is_err());
    }
}

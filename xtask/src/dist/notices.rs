//! THIRD-PARTY: the crates that the program consists of, under which licence each is, and the texts that came with them.
//!
//! Which crates these are is what `cargo tree` says of the program with the features of packages on that platform: build scripts,
//! macros and tests are not in the program. Where their texts are says `cargo metadata`.

use crate::metadata::{Metadata, Package};
use crate::run::{cargo, program};
use crate::test::PACKAGED;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How the names of files with licences begin, in upper case.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// A larger file is no licence.
const MOST: u64 = 256 * 1024;

/// A crate of the program, with the texts of its licences by their files.
#[derive(Debug, PartialEq)]
struct Linked {
    name: String,
    licence: String,
    authors: Vec<String>,
    texts: Vec<(String, String)>,
}

/// The file.
pub(super) fn text(version: &str, target: &str) -> Result<String, String> {
    Ok(render(version, target, &linked(&Metadata::load()?, target)?))
}

/// The notices of Rust's standard library, a page that comes with the compiler; a toolchain may be without.
pub(super) fn of_std() -> Option<Vec<u8>> {
    let root = super::said(program("rustc").args(["--print", "sysroot"]))?;
    std::fs::read(Path::new(root.trim()).join("share/doc/rust/COPYRIGHT-library.html")).ok()
}

/// The crates of others that are in the program.
fn linked(metadata: &Metadata, target: &str) -> Result<Vec<Linked>, String> {
    let mut found = Vec::new();
    for (name, version) in names(target)? {
        let package =
            metadata.packages.iter().find(|package| package.name == name && package.version == version);
        let package = package.ok_or_else(|| format!("cargo metadata does not know {name} {version}"))?;
        // A folder of ours is under the licence of the package.
        if package.source.is_some() {
            found.push(one(package)?);
        }
    }
    Ok(found)
}

/// Name and version of each crate of the program.
fn names(target: &str) -> Result<BTreeSet<(String, String)>, String> {
    let words = ["tree", "--locked", "-p", "sso-cli", "--features", PACKAGED, "--target", target];
    let output =
        cargo().args(words).args(["-e", "normal,no-proc-macro", "--prefix", "none", "-f", "{p}"]).output();
    let output = output.map_err(|error| format!("cargo tree cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(listed(&String::from_utf8_lossy(&output.stdout)))
}

/// `name v1.2.3 (/its/folder) (*)`, a line each.
fn listed(tree: &str) -> BTreeSet<(String, String)> {
    let one = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned()))
    };
    tree.lines().filter_map(one).collect()
}

fn one(package: &Package) -> Result<Linked, String> {
    let folder = package.manifest_path.parent().unwrap_or(Path::new("."));
    let mut files = Vec::new();
    licences(folder, &mut files).map_err(|error| format!("{}: {error}", folder.display()))?;
    files.extend(package.license_file.as_ref().map(|file| folder.join(file)));
    files.sort();
    files.dedup();
    let mut texts = Vec::new();
    for file in files {
        let bytes = super::read(&file)?;
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        texts.push((name, String::from_utf8_lossy(&bytes).replace("\r\n", "\n")));
    }
    Ok(Linked {
        name: format!("{} {}", package.name, package.version),
        licence: package.license.clone().unwrap_or_else(|| "see its texts".to_owned()),
        authors: package.authors.clone(),
        texts,
    })
}

/// The files with licences in a folder and below: what a crate has taken from others has its own.
fn licences(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in folder.read_dir()? {
        let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        // `license.rs` is a program.
        let kind = path.extension().is_none_or(|ending| ending != "rs");
        match entry? {
            kind if kind.is_dir() => licences(&path, found)?,
            _ if kind
                && NAMES.iter().any(|start| name.starts_with(start))
                && path.metadata()?.len() <= MOST =>
            {
                found.push(path);
            }
            _ => {}
        }
    }
    Ok(())
}

fn render(version: &str, target: &str, crates: &[Linked]) -> String {
    let mut text = format!(
        "What sso {version} for {target} is made of besides its own code: the {} crates below, and Rust's standard library\n\
         (MIT OR Apache-2.0, https://www.rust-lang.org; THIRD-PARTY-std.html has its notices, if the compiler came with them).\n\
         Each is under its own licence. The texts that came with the crates follow the list, each once.\n\n",
        crates.len()
    );
    let width = crates.iter().map(|one| one.name.len()).max().unwrap_or_default();
    for Linked { name, licence, authors, texts } in crates {
        text.push_str(&format!("{name:<width$}  {licence}"));
        if texts.is_empty() {
            let by = if authors.is_empty() { String::new() } else { format!(", by {}", authors.join(", ")) };
            text.push_str(&format!(" (it came without a text{by})"));
        }
        text.push('\n');
    }
    for (licence, mut owners) in texts(crates) {
        owners.sort();
        text.push_str(&format!(
            "\n{}\n{}\n\n{}\n",
            "=".repeat(80),
            owners.join("\n"),
            licence.trim_matches('\n')
        ));
    }
    text
}

/// Each text once, however it is spaced, with whose it is, in the order of those who bring it first.
fn texts(crates: &[Linked]) -> Vec<(&str, Vec<String>)> {
    let mut found: Vec<(&str, Vec<String>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for one in crates {
        for (file, text) in &one.texts {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let place = *places.entry(words).or_insert_with(|| {
                found.push((text, Vec::new()));
                found.len() - 1
            });
            if let Some((_, owners)) = found.get_mut(place) {
                owners.push(format!("{}: {file}", one.name));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_up(name: &str, texts: &[(&str, &str)]) -> Linked {
        let owned = |text: &&str| (*text).to_owned();
        Linked {
            name: name.to_owned(),
            licence: "MIT".to_owned(),
            authors: ["Ann".to_owned()].into_iter().filter(|_| name.starts_with("bare")).collect(),
            texts: texts.iter().map(|(file, text)| (owned(file), owned(text))).collect(),
        }
    }

    #[test]
    fn each_text_stands_once_with_all_that_came_with_it() {
        let crates = [
            made_up("a 1.0.0", &[("LICENSE", "MIT\n\nof  everybody\n")]),
            made_up("bare 0.1.0", &[]),
            made_up("long-name 2.0.0", &[("LICENSE-MIT", "MIT\nof everybody"), ("NOTICE", "of Ann\n")]),
        ];
        let said = render("1.2.3", "here", &crates);
        let (list, rest) = said.split_once("\n\n").expect("a heading");
        assert!(
            list.starts_with("What sso 1.2.3 for here is made of besides its own code: the 3 crates below,"),
            "{list}"
        );
        let line = "=".repeat(80);
        assert_eq!(
            rest,
            format!(
                "a 1.0.0          MIT\n\
                 bare 0.1.0       MIT (it came without a text, by Ann)\n\
                 long-name 2.0.0  MIT\n\
                 \n{line}\na 1.0.0: LICENSE\nlong-name 2.0.0: LICENSE-MIT\n\nMIT\n\nof  everybody\n\
                 \n{line}\nlong-name 2.0.0: NOTICE\n\nof Ann\n"
            )
        );
    }

    #[test]
    fn lines_of_the_tree_are_read() {
        let tree =
            "sso-cli v0.1.0 (/home/ann/sso/crates/cli)\nclap v4.6.7\n\nring v0.17.14\nclap v4.6.7 (*)\n";
        let read: Vec<String> =
            listed(tree).into_iter().map(|(name, version)| format!("{name}={version}")).collect();
        assert_eq!(read, ["clap=4.6.7", "ring=0.17.14", "sso-cli=0.1.0"]);
    }

    #[test]
    fn licences_are_found_by_their_names_wherever_they_are() {
        let dir = tempfile::tempdir().expect("a directory");
        for file in [
            "LICENSE",
            "licence.md",
            "COPYING.txt",
            "src/license.rs",
            "src/lib.rs",
            "third/part/NOTICE",
            "README.md",
        ] {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, file).expect("written");
        }
        let mut found = Vec::new();
        licences(dir.path(), &mut found).expect("looked through");
        found.sort();
        let names: Vec<_> = found.iter().map(|path| path.strip_prefix(dir.path()).expect("below")).collect();
        assert_eq!(names, ["COPYING.txt", "LICENSE", "licence.md", "third/part/NOTICE"].map(Path::new));
    }

    /// The real graph: what is linked is there, what only builds or tests is not, and a crate without a text is known by name.
    #[test]
    fn the_program_consists_of_what_it_is_linked_from() {
        let metadata = Metadata::load().expect("cargo metadata");
        let crates =
            linked(&metadata, "x86_64-unknown-linux-gnu").expect("cargo tree and the crates' folders");
        let has = |wanted: &str| crates.iter().find(|one| one.name.split(' ').next() == Some(wanted));
        for name in ["clap", "ring", "rustls", "tokio", "zbus"] {
            let texts = has(name).map(|one| one.texts.len()).unwrap_or_default();
            assert!(texts > 0, "{name} is in the program, and has a licence");
        }
        for name in ["sso-core", "clap_mangen", "clap_derive", "cc", "proptest", "windows-sys", "tar"] {
            assert_eq!(has(name), None, "{name}");
        }
        let bare = crates.iter().filter(|one| one.texts.is_empty()).map(|one| one.name.split(' ').next());
        let bare: Vec<&str> = bare.flatten().collect();
        assert_eq!(bare, ["base64-simd", "fast_qr", "inquire", "vsimd"], "look at each that is new here");
    }
}

//! The pages of docs/doctor: what `--explain` shows is what the documentation says.

use crate::catalogue::Code;

macro_rules! pages {
    ($($code:ident)+) => {
        /// The page of a code: Markdown, `# CODE Title` first.
        pub(crate) fn page(code: Code) -> &'static str {
            match code {
                $(Code::$code => include_str!(concat!("../../../../docs/doctor/", stringify!($code), ".md")),)+
            }
        }
    };
}

pages! {
    C01 C02 C03 C04 C05 C06 C07 C08 C09 C10 C11 C12 C13 C14 C15 C16 C17 C18 C19 C20 C21
    T01 T02 T03 T04 T05 T06 T07 T08 T09 T10 T11 T12 T13 T14 T15
    E01 E02 E03 E04 E05 E06 E07 E08
    N01 N02 N03 N04 N05 N06 N07 N08 N09 N10 N11 N12 N13 N14
    I01 I02 I03 I04 I05 I06 I07 I08 I09
    B01 B02 B03 B04 B05 B06 B07
    V01 V02 V03 V04
    S01 S02 S03 S04 S05 S06
    R01 R02 R03 R04 R05 R06 R07 R08
    X01 X02
}

/// The first paragraph of the page, in one line.
pub(crate) fn summary(code: Code) -> String {
    let body = page(code).split_once("\n\n").map_or("", |(_, body)| body);
    let first = body.split("\n\n").next().unwrap_or_default();
    first.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_begins_with_its_code_and_title_and_says_the_same_things_in_the_same_order() {
        for code in Code::ALL {
            let text = page(*code);
            let id = code.id();
            assert!(
                text.starts_with(&format!("# {id} {}\n\n", code.title())),
                "{id}: {}",
                text.lines().next().unwrap_or_default()
            );
            assert!(summary(*code).ends_with('.'), "{id}: {}", summary(*code));
            let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
            assert_eq!(headings, ["## What you see", "## Why", "## What helps"], "{id}");
            assert!(text.lines().all(|line| line.len() <= 160), "{id}");
        }
    }

    #[test]
    fn the_index_lists_every_code_with_its_title() {
        let index = include_str!("../../../../docs/doctor/README.md");
        let listed: Vec<&str> = index.lines().filter(|line| line.starts_with("- [")).collect();
        let expected: Vec<String> =
            Code::ALL.iter().map(|code| format!("- [{0}]({0}.md) {1}", code.id(), code.title())).collect();
        assert_eq!(listed, expected);
    }

    #[test]
    fn there_is_no_page_without_a_code() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/doctor");
        for entry in dir.read_dir().expect("the pages").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let known =
                name == "README.md" || Code::ALL.iter().any(|code| name == format!("{}.md", code.id()));
            assert!(known, "{name}");
        }
    }
}

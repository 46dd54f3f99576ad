//! A page of Markdown, as far as it is checked: its headings, where its links go, and what it shows as code.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Below the root.
    pub(super) file: PathBuf,
    /// The whole text.
    pub(super) text: String,
    /// Each heading as it reads.
    pub(super) headings: Vec<String>,
    /// Links and pictures: line, text and target.
    pub(super) links: Vec<Link>,
    /// Lines of code blocks, and spans of code: line and text.
    pub(super) code: Vec<Code>,
}

/// A link or a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) target: String,
}

/// A piece of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) line: usize,
    pub(super) text: String,
    /// The language of the block; `None`: a span.
    pub(super) block: Option<String>,
}

impl Page {
    /// Reads the file.
    pub(super) fn read(root: &Path, file: PathBuf) -> Result<Self, String> {
        let text = std::fs::read_to_string(root.join(&file));
        Ok(Self::parse(file.clone(), text.map_err(|error| format!("{}: {error}", file.display()))?))
    }

    /// Takes the text apart.
    pub(super) fn parse(file: impl Into<PathBuf>, text: String) -> Self {
        let mut page = Self { file: file.into(), ..Self::default() };
        // What is open: the text of a heading or a link is collected up to its end.
        let (mut heading, mut link, mut block): (Option<String>, Option<Link>, Option<String>) =
            (None, None, None);
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.headings.extend(heading.take()),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    let line = line(&text, &range);
                    link = Some(Link { line, text: String::new(), target: dest_url.into_string() });
                }
                Event::End(TagEnd::Link | TagEnd::Image) => page.links.extend(link.take()),
                Event::Start(Tag::CodeBlock(kind)) => {
                    block = Some(match kind {
                        CodeBlockKind::Fenced(language) => language.into_string(),
                        CodeBlockKind::Indented => String::new(),
                    });
                }
                Event::End(TagEnd::CodeBlock) => block = None,
                Event::Text(words) if block.is_some() => {
                    let first = line(&text, &range);
                    let lines = words.lines().enumerate();
                    page.code.extend(lines.map(|(number, words)| Code {
                        line: first + number,
                        text: words.to_owned(),
                        block: block.clone(),
                    }));
                }
                Event::Text(words) => collect(&mut heading, &mut link, &words),
                Event::Code(words) => {
                    collect(&mut heading, &mut link, &words);
                    let (line, words) = (line(&text, &range), words.into_string());
                    page.code.push(Code { line, text: words, block: None });
                }
                Event::SoftBreak | Event::HardBreak => collect(&mut heading, &mut link, " "),
                _ => {}
            }
        }
        page.text = text;
        page
    }

    /// The anchors of its headings, as GitHub and mdBook make them.
    pub(super) fn anchors(&self) -> Vec<String> {
        let mut anchors: Vec<String> = Vec::new();
        for heading in &self.headings {
            let plain = anchor(heading);
            let again = (1..).map(|number| format!("{plain}-{number}"));
            let mut names = std::iter::once(plain.clone()).chain(again);
            anchors.extend(names.find(|name| !anchors.contains(name)));
        }
        anchors
    }

    /// Its first heading.
    pub(super) fn title(&self) -> &str {
        self.headings.first().map_or("", String::as_str)
    }
}

fn collect(heading: &mut Option<String>, link: &mut Option<Link>, words: &str) {
    if let Some(heading) = heading {
        heading.push_str(words);
    }
    if let Some(link) = link {
        link.text.push_str(words);
    }
}

/// Lower case; blanks become hyphens; all but letters, digits, hyphens and underscores goes.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>().to_lowercase()
}

fn line(text: &str, range: &Range<usize>) -> usize {
    text.bytes().take(range.start).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# The `sso` book

See [the *other* page](other.md#part), ![](x.png) and `sso login`.

## Again
    sso status

```sh
sso login
[no](link.md)
```

## Again
";

    #[test]
    fn headings_links_and_code_with_their_lines() {
        let page = Page::parse("docs/x.md", TEXT.to_owned());
        assert_eq!(page.title(), "The sso book");
        assert_eq!(page.anchors(), ["the-sso-book", "again", "again-1"]);
        let links: Vec<_> = page.links.iter().map(|l| (l.line, l.text.as_str(), l.target.as_str())).collect();
        assert_eq!(links, [(3, "the other page", "other.md#part"), (3, "", "x.png")]);
        let code: Vec<_> = page.code.iter().map(|c| (c.line, c.text.as_str(), c.block.as_deref())).collect();
        assert_eq!(
            code,
            [
                (1, "sso", None),
                (3, "sso login", None),
                (6, "sso status", Some("")),
                (9, "sso login", Some("sh")),
                (10, "[no](link.md)", Some("sh")),
            ]
        );
    }

    #[test]
    fn anchors_as_github_makes_them() {
        for (heading, expected) in [
            ("SSL validation failed for …", "ssl-validation-failed-for-"),
            ("sso configure populate", "sso-configure-populate"),
            ("What it protects, and what not", "what-it-protects-and-what-not"),
            ("AWS_PROFILE", "aws_profile"),
        ] {
            assert_eq!(anchor(heading), expected);
        }
    }
}

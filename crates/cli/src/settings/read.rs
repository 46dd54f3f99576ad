//! From the text to the settings: rust-ini reads the values, the lines are counted here, because it does not tell them.
//!
//! The dialect is plain: `[sso-session NAME]`, `key = value`, and comments that begin their line with `#` or `;`. Nothing is
//! escaped, quoted or continued.

use super::fault::{Expected, SettingsError, SettingsFault};
use super::{FlowSetting, Placed, Settings, StoreSetting, Values};
use crate::ui::browser::is_text_browser;
use ini::{Ini, ParseOption};
use sso_config::Place;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const BROWSER: &str = "browser";
/// The key of a private window; errors name it too.
pub(crate) const PRIVATE: &str = "browser_private";
/// The key of the browser's profile; errors name it too.
pub(crate) const PROFILE: &str = "browser_profile";
const FLOW: &str = "flow";
const STORE: &str = "store";
const KEYS: [&str; 5] = [BROWSER, PRIVATE, PROFILE, FLOW, STORE];

const SESSION: &str = "sso-session";
const YES_NO: &[&str] = &["true", "false"];
const FLOWS: &[&str] = &["auto", "pkce", "device"];
const STORES: &[&str] = &["shared", "split"];

type Faulty<T> = Result<T, SettingsFault>;

/// A line that is neither blank nor a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Statement<'t> {
    line: u32,
    text: &'t str,
}

impl Statement<'_> {
    fn fails(self, path: &Arc<Path>, fault: SettingsFault) -> SettingsError {
        SettingsError { place: self.place(path), fault }
    }

    fn place(self, path: &Arc<Path>) -> Place {
        Place { path: Arc::clone(path), line: self.line, column: 1 }
    }
}

/// Reads the text.
pub(super) fn settings(text: &str, path: &Arc<Path>) -> Result<Settings, SettingsError> {
    let statements = statements(text, path)?;
    let ini = Ini::load_from_str_opt(text, plain()).map_err(|error| {
        let line = u32::try_from(error.line).unwrap_or(u32::MAX);
        Statement { line, text: "" }.fails(path, SettingsFault::Line(error.msg.into_owned()))
    })?;
    let mut reader = Reader { path, statements: statements.into_iter(), first: BTreeMap::new() };
    let mut settings = Settings::default();
    for (section, properties) in &ini {
        let session = section.map(|header| reader.header(header)).transpose()?;
        let mut values = Values::default();
        for (key, value) in properties {
            reader.pair(session.as_deref(), key, value, &mut values)?;
        }
        match session {
            None => settings.general = values,
            Some(name) => drop(settings.sessions.insert(name, values)),
        }
    }
    Ok(settings)
}

/// Nothing of a value is taken away or changed.
fn plain() -> ParseOption {
    ParseOption { enabled_quote: false, enabled_escape: false, ..ParseOption::default() }
}

/// The lines that say something. What rust-ini would swallow or join with its neighbours is refused here.
fn statements<'t>(text: &'t str, path: &Arc<Path>) -> Result<Vec<Statement<'t>>, SettingsError> {
    let mut found = Vec::new();
    for (line, whole) in (1..).zip(text.split('\n')) {
        let statement = Statement { line, text: whole.trim() };
        if statement.text.is_empty() || whole.starts_with(['#', ';']) {
            continue;
        }
        check_line(statement.text).map_err(|fault| statement.fails(path, fault))?;
        found.push(statement);
    }
    Ok(found)
}

fn check_line(text: &str) -> Faulty<()> {
    let wrong = || Err(SettingsFault::Line(text.to_owned()));
    if text.starts_with(['#', ';']) {
        return Err(SettingsFault::IndentedComment);
    }
    if let Some(header) = text.strip_prefix('[') {
        let whole = header.strip_suffix(']').is_some_and(|inner| !inner.contains(['[', ']', '\r']));
        return if whole { Ok(()) } else { wrong() };
    }
    match text.split_once('=') {
        Some((key, value))
            if !key.trim().is_empty() && !key.contains([':', '\r']) && !value.contains('\r') =>
        {
            Ok(())
        }
        _ => wrong(),
    }
}

/// Walks over the statements while rust-ini's sections and properties pass by, in the same order.
struct Reader<'t, 'p> {
    path: &'p Arc<Path>,
    statements: std::vec::IntoIter<Statement<'t>>,
    /// Where each section and each key of a section was first.
    first: BTreeMap<(Option<String>, String), u32>,
}

impl Reader<'_, '_> {
    /// The session of a header.
    fn header(&mut self, header: &str) -> Result<String, SettingsError> {
        let statement = self.next(&format!("[{header}]"))?;
        let name = session_name(header).map_err(|fault| statement.fails(self.path, fault))?;
        match self.first.insert((None, name.clone()), statement.line) {
            None => Ok(name),
            Some(first) => Err(statement.fails(self.path, SettingsFault::SectionAgain { name, first })),
        }
    }

    fn pair(
        &mut self,
        session: Option<&str>,
        key: &str,
        value: &str,
        values: &mut Values,
    ) -> Result<(), SettingsError> {
        let statement = self.next(&format!("{key}={value}"))?;
        let section = Some(session.unwrap_or_default().to_owned());
        if let Some(first) = self.first.insert((section, key.to_owned()), statement.line) {
            let fault = SettingsFault::KeyAgain { key: key.to_owned(), first };
            return Err(statement.fails(self.path, fault));
        }
        let set = set(values, key, value.trim(), &statement.place(self.path));
        set.map_err(|fault| statement.fails(self.path, fault))
    }

    /// The statement that rust-ini has read as this. Where the two differ (it continues lines that end with a backslash),
    /// nothing is believed.
    fn next(&mut self, read: &str) -> Result<Statement<'static>, SettingsError> {
        let found = self.statements.next().unwrap_or(Statement { line: 1, text: "" });
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        let line = Statement { line: found.line, text: "" };
        let same = bare(found.text) == bare(read);
        if same { Ok(line) } else { Err(line.fails(self.path, SettingsFault::Line(found.text.to_owned()))) }
    }
}

/// `sso-session NAME`, the name in quotes or not, as AWS writes it.
fn session_name(header: &str) -> Faulty<String> {
    let wrong = |name: &str| {
        let name = if name.is_empty() { "NAME" } else { name };
        Err(SettingsFault::Section { header: header.to_owned(), nearest: format!("{SESSION} {name}") })
    };
    let Some((kind, name)) = header.trim().split_once(char::is_whitespace) else {
        return wrong(if header.trim() == SESSION { "" } else { header.trim() });
    };
    let name = name.trim();
    let quoted = ['"', '\''].iter().find_map(|quote| name.strip_prefix(*quote)?.strip_suffix(*quote));
    match quoted.unwrap_or(name) {
        name if kind == SESSION && !name.is_empty() => Ok(name.to_owned()),
        name => wrong(name),
    }
}

fn set(values: &mut Values, key: &str, text: &str, place: &Place) -> Faulty<()> {
    match key {
        BROWSER => values.browser = Some(placed(command(text)?, place)),
        PRIVATE => values.private = Some(placed(one_of(PRIVATE, text, YES_NO)? == "true", place)),
        PROFILE if text.is_empty() || text.starts_with('-') || text.contains(char::is_control) => {
            return Err(value(PROFILE, text, Expected::Name));
        }
        PROFILE => values.profile = Some(placed(text.to_owned(), place)),
        FLOW => {
            let flow = match one_of(FLOW, text, FLOWS)? {
                "pkce" => FlowSetting::Pkce,
                "device" => FlowSetting::Device,
                _ => FlowSetting::Auto,
            };
            values.flow = Some(placed(flow, place));
        }
        STORE => {
            let store = match one_of(STORE, text, STORES)? {
                "split" => StoreSetting::Split,
                _ => StoreSetting::Shared,
            };
            values.store = Some(placed(store, place));
        }
        _ => return Err(SettingsFault::Key { key: key.to_owned(), nearest: nearest(key, &KEYS) }),
    }
    Ok(())
}

fn placed<T>(value: T, place: &Place) -> Placed<T> {
    Placed { value, place: place.clone() }
}

fn value(key: &'static str, value: &str, expected: Expected) -> SettingsFault {
    SettingsFault::Value { key, value: value.to_owned(), expected }
}

/// The words of a command, split as a shell would.
fn command(text: &str) -> Faulty<Vec<String>> {
    let words = shlex::split(text).filter(|words| words.first().is_some_and(|word| !word.is_empty()));
    let words = words.ok_or_else(|| value(BROWSER, text, Expected::Command))?;
    match is_text_browser(&words) {
        Some(name) => Err(SettingsFault::TextBrowser(name)),
        None => Ok(words),
    }
}

fn one_of(key: &'static str, text: &str, words: &'static [&'static str]) -> Faulty<&'static str> {
    let found = words.iter().find(|word| **word == text);
    found.copied().ok_or_else(|| value(key, text, Expected::OneOf(words, nearest(text, words))))
}

/// The word that was probably meant; the first where none is near.
fn nearest(wanted: &str, words: &[&'static str]) -> &'static str {
    let wanted =
        if ["no", "off", "0"].contains(&wanted.to_ascii_lowercase().as_str()) { "false" } else { wanted };
    let near = sso_core::nearest(wanted, words.iter().copied(), 1).first().copied();
    near.or(words.first().copied()).unwrap_or_default()
}

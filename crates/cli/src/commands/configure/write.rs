//! The wizard's end: the change is shown, confirmed, and written; the next command is named.

use super::Wizard;
use crate::commands::Outcome;
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use crate::output::diff;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;
use sso_config::{ConfigEdit, EditNote, is_portable_name, write_config};
use sso_core::SessionName;

impl Wizard<'_> {
    /// Shows and makes the change. Nothing to change is a success.
    pub(super) fn write(
        &self,
        edit: &ConfigEdit,
        yes: bool,
        session: &SessionName,
        profile: Option<&str>,
        next: String,
    ) -> Result<Outcome, CliError> {
        let voice = self.context.voice();
        let explain = |error: sso_config::EditError| error.explain(&voice);
        let document = self.set.config();
        let edited = edit.preview(document).map_err(explain)?;
        let changed = !edited.diff.is_empty();
        if changed {
            let shown = diff::text(&edited.diff, self.context.output.color.1, None);
            self.context.output.say(&format!("{}\n{shown}", escape(&voice.path(document.path()))));
            edited.notes.iter().for_each(|known| self.context.output.warn(&note(known, &voice)));
            self.say_overlooked("session", session.as_str());
            profile.iter().for_each(|name| self.say_overlooked("profile", name));
            if !yes && !self.ask.confirm("Write this?", "--yes")? {
                return Ok(Outcome::success(Configured {
                    changed: false,
                    session: session.clone(),
                    profile: None,
                    next: None,
                }));
            }
            // What was shown is what is written: another version of the file is refused.
            write_config(document.path(), edit, Some(document.text().as_bytes())).map_err(explain)?;
        }
        let profile = profile.map(str::to_owned);
        Ok(Outcome::success(Configured { changed, session: session.clone(), profile, next: Some(next) }))
    }

    /// The AWS CLI reads more names than the SDKs do.
    fn say_overlooked(&self, what: &str, name: &str) {
        if !is_portable_name(name) {
            let known = "they know letters, digits and _-/.%@:+ only";
            let text = format!("The AWS SDKs overlook a {what} called \"{name}\": {known}.");
            self.context.output.warn(&text);
        }
    }
}

/// What the AWS CLI makes of the places that were edited.
fn note(note: &EditNote, voice: &Voice) -> String {
    match note {
        EditNote::Duplicate { key, place } => {
            format!(
                "{key} stands at {} too and does not hold there; the AWS CLI refuses that.",
                voice.place(place)
            )
        }
        EditNote::CommentKept { key, place } => {
            format!(
                "The comment behind {key} ({}) stays; the AWS CLI takes it for a part of the value.",
                voice.place(place)
            )
        }
        EditNote::ByteOrderMarkDropped => {
            "The file began with a byte order mark, which AWS tools refuse; it goes.".to_owned()
        }
    }
}

/// What was configured.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    /// Whether the config file was changed: not if it said so already, or the change was not wanted.
    changed: bool,
    /// The name of the session.
    session: &'a str,
    /// The name of the profile; null: none was asked for, or the change was not wanted.
    profile: Option<&'a str>,
    /// The command to go on with; null: the change was not wanted.
    next: Option<&'a str>,
}

struct Configured {
    changed: bool,
    session: SessionName,
    profile: Option<String>,
    /// The command to go on with; `None`: the user did not want the change.
    next: Option<String>,
}

impl Report for Configured {
    fn json(&self) -> Value {
        document(&Document {
            changed: self.changed,
            session: self.session.as_str(),
            profile: self.profile.as_deref(),
            next: self.next.as_deref(),
        })
    }

    fn talk(&self, look: &Look) -> String {
        let Some(next) = &self.next else { return "Nothing was written.\n".to_owned() };
        let what =
            if self.changed { "Written." } else { "Nothing to change: the configuration says so already." };
        format!("{} {what}\n  Next: {}\n", look.tick(), escape(next))
    }
}

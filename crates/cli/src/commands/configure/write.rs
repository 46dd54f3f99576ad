//! The wizard's end: the change is shown, confirmed, and written; the next command is named.

use super::Wizard;
use crate::commands::Outcome;
use crate::error::CliError;
use crate::explain::Explain as _;
use crate::output::diff;
use crate::output::escape::escape;
use crate::output::{Look, Report};
use serde_json::{Value, json};
use sso_config::{ConfigEdit, write_config};
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
        json!({
            "changed": self.changed,
            "session": self.session.as_str(),
            "profile": self.profile,
            "next": self.next,
        })
    }

    fn talk(&self, look: &Look) -> String {
        let Some(next) = &self.next else { return "Nothing was written.\n".to_owned() };
        let what =
            if self.changed { "Written." } else { "Nothing to change: the configuration says so already." };
        format!("{} {what}\n  Next: {}\n", look.tick(), escape(next))
    }
}

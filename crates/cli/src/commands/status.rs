//! `sso status`: every session, from the disk alone.

mod prompt;

use super::Outcome;
use super::sessions::{self, Found, Listed};
use crate::args::StatusArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::output::escape::escape;
use crate::output::table::table;
use crate::output::time::span;
use crate::output::{Look, QUIET, Report};
use serde_json::{Value, json};
use sso_cache::FileStore;
use sso_config::ConfigSet;
use sso_core::{
    Lookup, Region, RoleCredentialStore as _, Timestamp, TokenSet, TokenStore as _, format_timestamp,
};

/// Shows the named session, or all. Succeeds if all that count are signed in or renew by themselves.
pub(crate) fn run(context: &Context, args: StatusArgs) -> Result<Outcome, CliError> {
    if args.prompt {
        return prompt::run(context);
    }
    let set = context.config()?;
    let store = context.store()?;
    let listed = match sessions::named(context, &set)? {
        Some(listed) => vec![Found { listed: Ok(listed), counts: true }],
        None => sessions::all(context, &set, &store),
    };
    if listed.is_empty() {
        // Nothing to be signed in to: say what is missing.
        sessions::choose(context, &set, &store)?;
    }
    let rows: Vec<Row> = listed
        .into_iter()
        .map(|Found { listed, counts }| match listed {
            Ok(listed) => row(context, &set, &store, &listed, counts),
            Err((label, told)) => {
                Row { label, problem: Some(told.headline), fix: told.fix, counts, ..Row::default() }
            }
        })
        .collect();
    let good = rows.iter().filter(|row| row.counts).all(Row::is_good);
    let exit = if good { Exit::Success } else { Exit::LoginNeeded };
    Ok(Outcome { report: Box::new(Status { rows, now: context.now() }), exit })
}

#[derive(Default)]
struct Row {
    label: String,
    session: Option<String>,
    start_url: String,
    region: String,
    expires_at: Option<Timestamp>,
    signed_in: bool,
    /// Until when it renews by itself; `None`: it does not.
    renews_until: Option<Timestamp>,
    roles_cached: usize,
    /// Why the session cannot be used, if something is wrong with it.
    problem: Option<String>,
    fix: Option<String>,
    /// Whether it counts for the exit status.
    counts: bool,
}

impl Row {
    fn is_good(&self) -> bool {
        self.problem.is_none() && (self.signed_in || self.renews_until.is_some())
    }
}

fn row(context: &Context, set: &ConfigSet, store: &FileStore, listed: &Listed, counts: bool) -> Row {
    let session = &listed.session;
    let row = Row {
        label: listed.label.clone(),
        session: session.name.as_ref().map(|name| name.as_str().to_owned()),
        start_url: session.start_url.value.as_str().to_owned(),
        region: session.region.value.clone(),
        roles_cached: roles_cached(context, set, store, listed),
        counts,
        ..Row::default()
    };
    let login = || Some(listed.voice.command("login"));
    if let Err(error) = session.check() {
        let told = error.explain(&listed.voice);
        return Row { problem: Some(told.headline), fix: told.fix, ..row };
    }
    match store.load(&session.token_key()) {
        Ok(Lookup::Found(token)) if belongs(&token, listed) => {
            let now = context.now();
            let signed_in = token.expires_at > now;
            let renews_until = token.refresh_grant(now).and(token.registration_expires_at);
            let fix = if signed_in || renews_until.is_some() { None } else { login() };
            Row { expires_at: Some(token.expires_at), signed_in, renews_until, fix, ..row }
        }
        Ok(Lookup::Found(_)) => {
            Row { problem: Some("the token is for another start URL or region".into()), fix: login(), ..row }
        }
        Ok(Lookup::Absent) => Row { fix: login(), ..row },
        Ok(Lookup::Damaged(damage)) => {
            let problem = format!("{}: {}", listed.voice.path(&damage.path), damage.reason);
            Row { problem: Some(problem), fix: login(), ..row }
        }
        Err(error) => {
            let told = error.explain(&listed.voice);
            Row { problem: Some(told.headline), fix: told.fix, ..row }
        }
    }
}

fn belongs(token: &TokenSet, listed: &Listed) -> bool {
    let region = Region::parse(&listed.session.region.value);
    region.is_ok_and(|region| token.belongs_to(&listed.session.start_url.value, &region))
}

/// How many of the profiles' roles have credentials that still live.
fn roles_cached(context: &Context, set: &ConfigSet, store: &FileStore, listed: &Listed) -> usize {
    let lives = |key: &sso_core::RoleKey| {
        let found = store.load_role(key).ok().and_then(Lookup::found);
        found.is_some_and(|credentials| credentials.expires_at > context.now())
    };
    listed.role_keys(set).iter().filter(|key| lives(key)).count()
}

struct Status {
    rows: Vec<Row>,
    now: Timestamp,
}

impl Report for Status {
    fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            json!({
                "name": row.label,
                "session": row.session,
                "startUrl": row.start_url,
                "region": row.region,
                "signedIn": row.signed_in,
                "expiresAt": row.expires_at.map(format_timestamp),
                "renews": row.renews_until.is_some(),
                "renewsUntil": row.renews_until.map(format_timestamp),
                "rolesCached": row.roles_cached,
                "problem": row.problem,
                "fix": row.fix,
                "counts": row.counts,
            })
        });
        json!({ "sessions": rows.collect::<Vec<_>>() })
    }

    fn data(&self, look: &Look) -> String {
        let header = ["SESSION", "START URL", "SIGNED IN", "RENEWS UNTIL", "ROLES CACHED"];
        let mut text = table(header, self.rows.iter().map(|row| self.cells(row, look)));
        let notes: Vec<String> =
            self.rows.iter().filter(|row| !row.is_good()).map(|row| note(row, look)).collect();
        if !notes.is_empty() {
            text.push('\n');
            text.push_str(&notes.concat());
        }
        text
    }
}

impl Status {
    fn cells(&self, row: &Row, look: &Look) -> [String; 5] {
        let signed_in = match row.expires_at {
            _ if row.problem.is_some() => "problem".to_owned(),
            None => "no".to_owned(),
            Some(at) if row.signed_in => format!("until {}", look.moment(at)),
            Some(at) => format!("expired {}", span(self.now.duration_since(at))),
        };
        let renews = row.renews_until.map_or_else(|| "no".to_owned(), |end| look.moment(end));
        let host = sessions::host(&sso_core::StartUrl::new(row.start_url.clone()));
        [row.label.clone(), host, signed_in, renews, row.roles_cached.to_string()]
    }
}

/// `acme: sso login --sso-session acme`; with a problem that comes first, and the fix below it.
fn note(row: &Row, look: &Look) -> String {
    let problem =
        row.problem.as_ref().map(|problem| format!("{}\n  fix: ", escape(problem))).unwrap_or_default();
    let fix = row.fix.as_deref().map(escape).unwrap_or_default();
    let aside = if row.counts { String::new() } else { look.paint(QUIET, " (legacy, never signed in)") };
    format!("{}: {problem}{fix}{aside}\n", escape(&row.label))
}

//! `sso status`: every session, from the disk alone.

pub(crate) mod prompt;

use super::Outcome;
use super::sessions::{self, Found, Listed};
use crate::args::StatusArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::kept::encryption::{self, Encryption};
use crate::kept::{Hold, Keeper, Whereabouts};
use crate::output::document::{Time, document};
use crate::output::escape::escape;
use crate::output::table::table;
use crate::output::time::span;
use crate::output::{Look, Report};
use crate::settings::StoreSetting;
use serde::Serialize;
use serde_json::Value;
use sso_cache::FileStore;
use sso_config::ConfigSet;
use sso_core::{Lookup, Region, RoleCredentialStore as _, Timestamp, TokenSet};
use sso_oidc::last_refusal;

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
    let keeper = context.keeper(&store);
    let rows: Vec<Row> = listed
        .into_iter()
        .map(|Found { listed, counts }| match listed {
            Ok(listed) => row(context, &set, &store, &keeper, &listed, counts),
            Err((label, told)) => {
                Row { label, problem: Some(told.headline), fix: told.fix, counts, ..Row::default() }
            }
        })
        .collect();
    let good = rows.iter().filter(|row| row.counts).all(Row::is_good);
    let exit = if good { Exit::Success } else { Exit::LoginNeeded };
    let sso = context.env.sso_cache_dir().unwrap_or_default();
    let (cache, encrypted) = (context.voice().path(&sso), encryption::of(&sso));
    Ok(Outcome { report: Box::new(Status { rows, now: context.now(), cache, encrypted }), exit })
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
    /// Where its secrets are.
    kept: Whereabouts,
    /// What puts secrets where the settings want them.
    mend: String,
}

impl Row {
    fn is_good(&self) -> bool {
        self.problem.is_none() && (self.signed_in || self.renews_until.is_some())
    }
}

fn row(
    context: &Context,
    set: &ConfigSet,
    store: &FileStore,
    keeper: &Keeper<'_>,
    listed: &Listed,
    counts: bool,
) -> Row {
    let session = &listed.session;
    let (tokens, kept) = keeper.look(session, &listed.voice);
    let row = Row {
        label: listed.label.clone(),
        session: session.name.as_ref().map(|name| name.as_str().to_owned()),
        start_url: session.start_url.value.as_str().to_owned(),
        region: session.region.value.clone(),
        roles_cached: roles_cached(context, set, store, listed),
        counts,
        kept,
        mend: listed.voice.command("refresh"),
        ..Row::default()
    };
    let login = || Some(listed.voice.command("login"));
    if let Err(error) = session.check() {
        let told = error.explain(&listed.voice);
        return Row { problem: Some(told.headline), fix: told.fix, ..row };
    }
    match tokens.load(&session.token_key()) {
        Ok(Lookup::Found(token)) if belongs(&token, listed) => {
            let now = context.now();
            let signed_in = token.expires_at > now;
            let row = Row { expires_at: Some(token.expires_at), signed_in, ..row };
            if !signed_in && last_refusal(tokens.as_ref(), &session.token_key()).is_some() {
                let problem = "the service refused to renew it".to_owned();
                return Row { problem: Some(problem), fix: login(), ..row };
            }
            let renews_until = token.refresh_grant(now).and(token.registration_expires_at);
            let fix = if signed_in || renews_until.is_some() { None } else { login() };
            Row { renews_until, fix, ..row }
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

/// Every session, or the one that is named.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    sessions: Vec<Session<'a>>,
    /// How the disk of the token files is encrypted; null: it is not known.
    disk_encryption: Option<Encryption>,
}

/// How it stands with a session.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    /// The session's name, or the host of a legacy start URL.
    name: &'a str,
    /// The name of the `sso-session`; null: a legacy start URL, or a session that cannot be read.
    session: Option<&'a str>,
    /// Empty if the session cannot be read.
    start_url: &'a str,
    /// The region of IAM Identity Center; empty if the session cannot be read.
    region: &'a str,
    /// Whether there is an access token that lives.
    signed_in: bool,
    /// When the access token ends, or has ended; null: there is none.
    expires_at: Option<Time>,
    /// Whether it renews by itself.
    renews: bool,
    /// Until when it renews by itself; null: it does not.
    renews_until: Option<Time>,
    /// How many of the profiles' roles have credentials that live.
    roles_cached: usize,
    /// Why the session cannot be used, for people; null: nothing is wrong with it.
    problem: Option<&'a str>,
    /// The command that helps; null: none is needed, or none is known.
    fix: Option<&'a str>,
    /// Whether it counts for the exit code.
    counts: bool,
    /// What the settings say.
    store: StoreSetting,
    /// Where its refresh token or client secret are; null: there are none, or it is not known.
    secrets_in: Option<Hold>,
    /// Whether they lie otherwise than the settings say.
    astray: bool,
    /// Why the settings cannot be read or the secret store cannot be used, for people; null: neither is so.
    store_problem: Option<&'a str>,
}

struct Status {
    rows: Vec<Row>,
    now: Timestamp,
    /// The directory of tokens, as people read it.
    cache: String,
    /// How its disk is encrypted, if that is known.
    encrypted: Option<Encryption>,
}

impl Report for Status {
    fn json(&self) -> Value {
        let sessions = self.rows.iter().map(|row| Session {
            name: &row.label,
            session: row.session.as_deref(),
            start_url: &row.start_url,
            region: &row.region,
            signed_in: row.signed_in,
            expires_at: row.expires_at.map(Time),
            renews: row.renews_until.is_some(),
            renews_until: row.renews_until.map(Time),
            roles_cached: row.roles_cached,
            problem: row.problem.as_deref(),
            fix: row.fix.as_deref(),
            counts: row.counts,
            store: row.kept.store,
            secrets_in: row.kept.hold(),
            astray: row.kept.astray(),
            store_problem: row.kept.trouble.as_ref().map(|trouble| trouble.headline.as_str()),
        });
        document(&Document { sessions: sessions.collect(), disk_encryption: self.encrypted })
    }

    fn data(&self, look: &Look) -> String {
        let header = ["SESSION", "START URL", "SIGNED IN", "RENEWS UNTIL", "ROLES CACHED"];
        let mut text = table(header, self.rows.iter().map(|row| self.cells(row, look)), look);
        let notes: Vec<String> = self.rows.iter().filter(|row| !row.is_good()).map(note).collect();
        if !notes.is_empty() {
            text.push('\n');
            text.push_str(&notes.concat());
        }
        let kept = self.kept();
        if !kept.is_empty() {
            text.push('\n');
            text.push_str(&kept);
        }
        text
    }
}

impl Status {
    /// Where the secrets of the sessions are that have any: those that are kept alike in one line, and what helps.
    fn kept(&self) -> String {
        let mut lines: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
        for row in self.rows.iter().filter(|row| row.kept.is_worth_a_word()) {
            let words = row.kept.words(&self.cache);
            let mend = match &row.kept.trouble {
                Some(trouble) => trouble.fix.clone(),
                None => row.kept.astray().then(|| row.mend.clone()),
            };
            let (name, mend) = (escape(&row.label), mend.into_iter().map(|mend| escape(&mend)));
            match lines.iter_mut().find(|(known, ..)| *known == words) {
                Some((_, names, mends)) => {
                    names.push(name);
                    mends.extend(mend.filter(|mend| !mends.contains(mend)).collect::<Vec<_>>());
                }
                None => lines.push((words, vec![name], mend.collect())),
            }
        }
        if lines.is_empty() {
            return String::new();
        }
        let mut text = String::new();
        for (words, names, mends) in lines {
            text.push_str(&format!("The secrets of {} {}.\n", names.join(", "), escape(&words)));
            text.extend(mends.iter().map(|mend| format!("  fix: {mend}\n")));
        }
        text.push_str(&format!("{}: {}.\n", escape(&self.cache), encryption::words(self.encrypted)));
        text
    }

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
fn note(row: &Row) -> String {
    let problem =
        row.problem.as_ref().map(|problem| format!("{}\n  fix: ", escape(problem))).unwrap_or_default();
    let fix = row.fix.as_deref().map(escape).unwrap_or_default();
    let aside = if row.counts { "" } else { " (legacy, never signed in)" };
    format!("{}: {problem}{fix}{aside}\n", escape(&row.label))
}

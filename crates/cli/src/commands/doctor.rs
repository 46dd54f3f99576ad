//! `sso doctor`: finds what is wrong, explains it, mends it.

use super::Outcome;
use crate::args::DoctorArgs;
use crate::catalogue::Code;
use crate::context::Context;
use crate::doctor::fix::Plan;
use crate::doctor::report::Examined;
use crate::doctor::{
    Asking, Check, Examination, Finding, Needs, Probe, Severity, Wanted, all, examine, page,
};
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::table::table;
use crate::output::{Look, Report, STRONG};
use crate::ui::prompt::Ask;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;

/// Mending one thing may bring another to light: a file that could not be read.
const ROUNDS: usize = 4;

/// Examines, and with `--fix` mends.
pub(crate) fn run(context: &Context, args: &DoctorArgs) -> Result<Outcome, CliError> {
    if let Some(code) = &args.explain {
        return Ok(Outcome::success(Page(known(code)?)));
    }
    if args.list {
        return Ok(Outcome::success(List(all())));
    }
    let checks = chosen(&args.only)?;
    let started = Instant::now();
    let (mut probe, mut done) = look(context, args, &checks);
    let mut fixed = Vec::new();
    if args.fix {
        for _ in 0..ROUNDS {
            let plan = Plan::of(done.findings.iter().filter_map(|finding| finding.fix.clone()));
            if plan.is_empty() {
                break;
            }
            context.output.say(&announced(&done, &context.output.stderr_look(context.now())));
            mend(context, args, &probe, &plan, &mut fixed)?;
            (probe, done) = look(context, args, &checks);
        }
    }
    let exit = if done.count(Severity::Error) == 0 { Exit::Success } else { Exit::Failure };
    let report = told(context, &probe, done, started, fixed);
    Ok(Outcome { report: Box::new(report), exit })
}

fn look(context: &Context, args: &DoctorArgs, checks: &[Check]) -> (Arc<Probe>, Examination) {
    let wanted = Wanted {
        profile: context.global.profile().map(str::to_owned),
        session: context.global.sso_session().map(str::to_owned),
        terminal: context.interactive,
    };
    let mut probe = Probe::of_disk(context.env.clone(), &wanted, context.now());
    let (programs, hosts): (Vec<&Check>, Vec<&Check>) = checks
        .iter()
        .filter(|check| check.needs == Needs::Network)
        .partition(|check| check.code.id().starts_with('V'));
    let asking = Asking {
        clock: Arc::clone(&context.clock),
        hosts: !hosts.is_empty(),
        programs: !programs.is_empty(),
        ca_file: args.ca_file.clone(),
    };
    probe.ask_network((asking.hosts || asking.programs).then_some(&asking).filter(|_| !args.offline));
    let probe = Arc::new(probe);
    let done = examine(&probe, checks);
    (probe, done)
}

/// What is wrong and can be mended, before what mends it.
fn announced(done: &Examination, look: &Look) -> String {
    let mended = done.findings.iter().filter(|finding| finding.fix.is_some());
    let line = |finding: &Finding| {
        format!("{}  {}\n", finding.code.id(), look.hanging(5, &escape(&finding.headline)))
    };
    format!("{}What mends that:\n", mended.map(line).collect::<String>())
}

/// Shows what would be done, asks, and does it.
fn mend(
    context: &Context,
    args: &DoctorArgs,
    probe: &Probe,
    plan: &Plan,
    fixed: &mut Vec<String>,
) -> Result<(), CliError> {
    let set = probe.config.set.as_ref().ok();
    context.output.say(&plan.text(set, &probe.voice, context.output.color.1)?);
    if !args.yes {
        let ask = Ask::new(context.interactive, &context.output, "doctor --fix");
        if !ask.confirm("Do that?", "--yes")? {
            return Err(CliError::new(Code::R06, Exit::Interrupted, "Nothing was changed."));
        }
    }
    plan.apply(set, &probe.voice, context.now(), fixed).map_err(|error| {
        let before = (!fixed.is_empty()).then(|| fixed.join("; "));
        error.maybe("done before", before)
    })
}

fn told(
    context: &Context,
    probe: &Probe,
    done: Examination,
    started: Instant,
    fixed: Vec<String>,
) -> Examined {
    let look = context.output.stderr_look(probe.now);
    let subject = &probe.config.subject;
    Examined {
        subject: probe.subject(),
        profile: subject.profile.as_ref().map(ToString::to_string),
        session: subject.session().and_then(|session| Some(session.name.as_ref()?.to_string())),
        facts: probe.facts(|at| look.moment(at)),
        precedence: probe.precedence.clone(),
        verbose: context.global.verbose > 0,
        took: started.elapsed(),
        fixed,
        command: probe.voice.command("doctor"),
        done,
    }
}

fn known(text: &str) -> Result<Code, CliError> {
    Code::named(text).ok_or_else(|| {
        CliError::new(Code::R01, Exit::Usage, format!("There is no code \"{text}\"."))
            .fix("sso doctor --list")
    })
}

/// The checks for `--only`; all without it.
fn chosen(only: &[String]) -> Result<Vec<Check>, CliError> {
    let all = all();
    if only.is_empty() {
        return Ok(all);
    }
    let mut chosen = Vec::new();
    for text in only.iter().flat_map(|list| list.split(',')) {
        let code = known(text)?;
        let before = chosen.len();
        chosen.extend(all.iter().filter(|check| check.code == code).copied());
        if chosen.len() == before {
            return Err(CliError::new(
                Code::R01,
                Exit::Usage,
                format!("Nothing checks for {}: only the command that fails can see it.", code.id()),
            )
            .fix(format!("sso doctor --explain {}", code.id())));
        }
    }
    Ok(chosen)
}

/// What a code means.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct PageDocument<'a> {
    code: Code,
    /// What it is about.
    title: &'a str,
    /// Its page of docs/doctor: Markdown.
    page: &'a str,
}

/// Every code that there is.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct ListDocument<'a> {
    codes: Vec<Row<'a>>,
}

/// A code.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Listed"))]
struct Row<'a> {
    code: Code,
    /// What it is about.
    title: &'a str,
    /// What its check looks at; null: only the command that fails can see it.
    needs: Option<On>,
}

/// What a check looks at.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Needs"))]
#[serde(rename_all = "lowercase")]
enum On {
    /// This machine.
    Disk,
    /// What the network and other programs answer: not with `--offline`.
    Network,
}

impl On {
    fn name(self) -> &'static str {
        match self {
            Self::Disk => "disk",
            Self::Network => "network",
        }
    }
}

/// `--explain`.
struct Page(Code);

impl Report for Page {
    fn json(&self) -> Value {
        document(&PageDocument { code: self.0, title: self.0.title(), page: page(self.0) })
    }

    fn data(&self, look: &Look) -> String {
        // A pipe gets the Markdown that the documentation has.
        if look.columns.is_some() { told_page(page(self.0), look) } else { page(self.0).to_owned() }
    }
}

/// The page for a terminal: headings are bold, paragraphs as wide as it is.
fn told_page(page: &str, look: &Look) -> String {
    let mut text = String::new();
    for block in page.trim_end().split("\n\n") {
        if let Some(heading) = block.strip_prefix('#') {
            text.push_str(&format!("{}\n\n", look.paint(STRONG, heading.trim_start_matches('#').trim())));
            continue;
        }
        // The lines of a paragraph or of an item belong together.
        let items = block.split("\n- ").map(|item| item.lines().map(str::trim).collect::<Vec<_>>().join(" "));
        for (at, item) in items.enumerate() {
            let (mark, item) = match item.strip_prefix("- ") {
                Some(item) => ("- ", item),
                None if at > 0 => ("- ", item.as_str()),
                None => ("", item.as_str()),
            };
            text.push_str(&format!("{mark}{}\n", look.hanging(mark.len(), item)));
        }
        text.push('\n');
    }
    format!("{}\n", text.trim_end())
}

/// `--list`.
struct List(Vec<Check>);

impl List {
    /// What the check looks at; nothing when only a command that fails can see it.
    fn needs(&self, code: Code) -> Option<On> {
        self.0.iter().find(|check| check.code == code).map(|check| match check.needs {
            Needs::Disk | Needs::Config => On::Disk,
            Needs::Network => On::Network,
        })
    }
}

impl Report for List {
    fn json(&self) -> Value {
        let one = |code: &Code| Row { code: *code, title: code.title(), needs: self.needs(*code) };
        document(&ListDocument { codes: Code::ALL.iter().map(one).collect() })
    }

    fn data(&self, look: &Look) -> String {
        let on = |code: &Code| self.needs(*code).map(On::name).unwrap_or_default().to_owned();
        let rows = Code::ALL.iter().map(|code| [code.id().to_owned(), code.title().to_owned(), on(code)]);
        table(["CODE", "WHAT", "CHECKED ON"], rows, look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_on_a_terminal() {
        let page = "# C02 Profile not found\n\nA profile was asked for\nthat no file has.\n\n## Why\n\nOne of:\n- first,\n  and more\n- second\n";
        let shown = "C02 Profile not found\n\nA profile was asked for that\nno file has.\n\nWhy\n\nOne of:\n- first, and more\n- second\n";
        assert_eq!(told_page(page, &Look::of(Some(30))), shown);
        for code in Code::ALL {
            let text = told_page(super::page(*code), &Look::of(Some(80)));
            let wide = text.lines().find(|line| line.chars().count() > 80 && line.contains(' '));
            assert_eq!(wide, None, "{}", code.id());
        }
    }
}

//! `sso discover instances`: where IAM Identity Center is, and the sso-session for it.

use super::caller::Caller;
use super::desk::{Desk, Patience, seated};
use super::search::{self, Found};
use crate::args::{DiscoverArgs, InstancesArgs, answered};
use crate::catalogue::Code;
use crate::commands::Outcome;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, option};
use crate::output::csv::csv;
use crate::output::diff;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;
use sso_config::{ConfigEdit, ConfigSet, SectionName, check_name, is_portable_name, write_config};
use sso_core::{Partition, Region, SessionName, StartUrl};

/// The scope that listing accounts and roles needs.
const SCOPES: &str = "sso:account:access";

/// Finds the instances; with `--write` adds the session of the one that there is.
pub(super) fn run(
    context: &Context,
    args: &DiscoverArgs,
    options: InstancesArgs,
) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let caller = Caller::of(context, &set)?;
    let network = context.network(&set, &caller.profile)?;
    let region = caller.region(args, &network)?;
    // Whoever said where has an answer, whatever it is.
    let everywhere = answered(&args.region).is_none();
    let start = start(&region, &caller, args, &network)?;
    let found = seated(context, &network, &caller, start, Patience::List, async |desk| {
        find(desk, region.as_ref(), everywhere).await
    })?;
    let found = match answered(&args.instance_arn) {
        Some(arn) => found.into_iter().filter(|found| found.instance.arn == arn).collect(),
        None => found,
    };
    let blocks: Vec<Option<Block>> = found.iter().map(|found| Block::of(context, &set, found)).collect();
    let written = if options.write { Some(write(context, &set, &found, &blocks)?) } else { None };
    let nowhere = found.is_empty().then(|| nothing(region.as_ref(), everywhere, &caller));
    Ok(Outcome::success(Instances { found, blocks, written, nowhere, csv: args.csv }))
}

/// Where credentials are asked for and the search begins.
fn start(
    region: &Option<Region>,
    caller: &Caller,
    args: &DiscoverArgs,
    network: &Network,
) -> Result<Region, CliError> {
    match region {
        Some(region) => Ok(region.clone()),
        // An endpoint that somebody configured is one of a region.
        None if network.configured(sso_core::Service::SsoAdmin).is_some() => {
            caller.needed_region(args, network)
        }
        None => Region::parse("us-east-1").map_err(|_| CliError::new(Code::C14, Exit::Usage, "No region.")),
    }
}

async fn find(desk: &Desk<'_>, region: Option<&Region>, everywhere: bool) -> Result<Vec<Found>, CliError> {
    let here = match region {
        Some(region) => search::in_region(desk, region).await?,
        None => Vec::new(),
    };
    let partition = region.map_or(Partition::Aws, Region::partition);
    if here.is_empty() && everywhere && !desk.has_one_endpoint() {
        search::elsewhere(desk, partition, region).await
    } else {
        Ok(here)
    }
}

fn nothing(region: Option<&Region>, everywhere: bool, caller: &Caller) -> String {
    let place = match region {
        Some(region) if !everywhere => format!("in {region}"),
        _ => "in any region".to_owned(),
    };
    format!(
        "No instance of IAM Identity Center is to be seen {place} with the credentials of \"{}\".\n  \
         It shows itself to the accounts of its organization only.\n",
        escape(caller.profile.as_str())
    )
}

/// The `[sso-session]` for an instance.
struct Block {
    name: String,
    start_url: StartUrl,
    region: Region,
    /// The session that is there already for the same portal, with its place.
    there: Option<(String, String)>,
}

impl Block {
    /// `None`: the address of the portal is not known.
    fn of(context: &Context, set: &ConfigSet, found: &Found) -> Option<Self> {
        let start_url = found.instance.start_url(found.region.partition())?;
        let voice = context.voice();
        let same = |url: &str| {
            let plain = |url: &str| url.trim_end_matches(['#', '/']).to_ascii_lowercase();
            plain(url) == plain(start_url.as_str())
        };
        let there = set
            .sso_sessions()
            .find(|section| section.get("sso_start_url").is_some_and(|url| same(&url.value)))
            .map(|section| (section.name().to_owned(), voice.place(&section.place())));
        let name = match context.global.sso_session() {
            Some(name) => name.to_owned(),
            None => name_of(found, set),
        };
        Some(Self { name, start_url, region: found.home(), there })
    }

    fn values(&self) -> [(&'static str, &str); 3] {
        [
            ("sso_start_url", self.start_url.as_str()),
            ("sso_region", self.region.as_str()),
            ("sso_registration_scopes", SCOPES),
        ]
    }

    fn text(&self) -> String {
        let values = self.values().map(|(key, value)| format!("{key} = {}\n", escape(value)));
        format!("[sso-session {}]\n{}", escape(&self.name), values.concat())
    }
}

/// The instance's name, if every AWS tool reads it as a session's and none is called so; else the id of its identity store.
fn name_of(found: &Found, set: &ConfigSet) -> String {
    let named =
        found.instance.name.as_deref().filter(|name| is_portable_name(name) && check_name(name).is_ok());
    let free = named.filter(|name| set.sso_session(&SessionName::new(*name)).is_none());
    free.unwrap_or(&found.instance.identity_store_id).to_owned()
}

/// What `--write` did.
struct Written {
    session: String,
    /// Nothing, if it was there.
    diff: sso_config::Diff,
    path: String,
    place: Option<String>,
}

fn write(
    context: &Context,
    set: &ConfigSet,
    found: &[Found],
    blocks: &[Option<Block>],
) -> Result<Written, CliError> {
    let voice = context.voice();
    let usage = |headline: String| CliError::new(Code::R01, Exit::Usage, headline);
    let block = match blocks {
        [] => {
            return Err(CliError::new(
                Code::I01,
                Exit::Configuration,
                "There is no instance to write a session for.",
            )
            .fix("sso discover instances --write --region <region of IAM Identity Center>"));
        }
        [Some(block)] => block,
        [None] => {
            return Err(CliError::new(
                Code::I01,
                Exit::Configuration,
                "AWS does not document the portal's address for this partition.",
            )
            .fix("sso configure session --sso-start-url <the address that your users open>"));
        }
        _ => {
            let arns: Vec<&str> = found.iter().map(|found| found.instance.arn.as_str()).collect();
            return Err(usage("There are several instances; say which one.".to_owned())
                .note("instances", arns.join(", "))
                .fix("sso discover instances --write --instance-arn <arn>"));
        }
    };
    let document = set.config();
    let path = voice.path(document.path());
    if let Some((name, place)) = &block.there {
        let diff = sso_config::Diff::default();
        return Ok(Written { session: name.clone(), diff, path, place: Some(place.clone()) });
    }
    check_name(&block.name).map_err(|fault| {
        usage(format!("A session cannot be called \"{}\".", block.name)).cause(fault.to_string())
    })?;
    if let Some(section) = set.sso_session(&SessionName::new(block.name.as_str())) {
        return Err(usage(format!("There is a session \"{}\" for another portal.", block.name))
            .cause(voice.place(&section.place()))
            .fix("sso discover instances --write --sso-session <another name>"));
    }
    let edit =
        ConfigEdit::new().add_section(SectionName::sso_session(block.name.as_str()), false, block.values());
    let written = write_config(document.path(), &edit, Some(document.text().as_bytes()))
        .map_err(|error| error.explain(&voice))?;
    Ok(Written { session: block.name.clone(), diff: written.edited.diff, path, place: None })
}

/// The instances of IAM Identity Center that can be seen.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    instances: Vec<OneInstance<'a>>,
    /// What `--write` did; null without it.
    written: Option<WrittenSession<'a>>,
}

/// An instance. What AWS does not tell is null.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Instance"))]
struct OneInstance<'a> {
    instance_arn: &'a str,
    name: Option<&'a str>,
    /// As AWS calls it: `ACTIVE`, ...
    status: Option<&'a str>,
    /// The region to sign in through: the first one, where it is in several.
    region: String,
    identity_store_id: &'a str,
    /// The account that it belongs to.
    owner_account_id: Option<&'a str>,
    /// The address of its access portal; null where AWS documents none.
    start_url: Option<&'a str>,
    /// The `sso-session` of the configuration that is for it; null: there is none.
    sso_session: Option<&'a str>,
    /// A section for the config file; null as the start URL is.
    config_block: Option<String>,
}

/// The session that was written.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Written"))]
struct WrittenSession<'a> {
    /// Its name.
    session: &'a str,
    /// The change of the config file, a line each: a blank, `+` or `-`, and its text. Empty if the session was there.
    diff: String,
}

struct Instances {
    found: Vec<Found>,
    blocks: Vec<Option<Block>>,
    written: Option<Written>,
    /// What is said if there are none.
    nowhere: Option<String>,
    csv: bool,
}

impl Instances {
    fn pairs(&self) -> impl Iterator<Item = (&Found, Option<&Block>)> {
        self.found.iter().zip(self.blocks.iter().map(Option::as_ref))
    }

    /// One instance as labelled lines, and the block to paste.
    fn record(&self, found: &Found, block: Option<&Block>) -> String {
        let instance = &found.instance;
        let url = block.map(|block| block.start_url.as_str().to_owned());
        let lines = [
            ("Instance", Some(instance.arn.clone())),
            ("Name", instance.name.clone()),
            ("Status", instance.status.clone()),
            ("Region", Some(found.home().to_string())),
            ("Identity store", Some(instance.identity_store_id.clone())),
            ("Owner", instance.owner_account_id.clone()),
            ("Portal", url.or_else(|| Some("not documented for this partition".to_owned()))),
        ];
        let mut text: String = lines
            .iter()
            .filter_map(|(label, value)| Some(format!("{label:<14}  {}\n", escape(value.as_deref()?))))
            .collect();
        match block.filter(|_| self.written.is_none()) {
            Some(Block { there: Some((name, place)), .. }) => {
                text.push_str(&format!("Session         {} ({})\n", escape(name), escape(place)));
            }
            Some(block) => text.push_str(&format!("\n{}", block.text())),
            None => {}
        }
        text
    }
}

impl Report for Instances {
    fn json(&self) -> Value {
        let instances = self.pairs().map(|(found, block)| {
            let instance = &found.instance;
            let there = block.and_then(|block| block.there.as_ref());
            OneInstance {
                instance_arn: &instance.arn,
                name: instance.name.as_deref(),
                status: instance.status.as_deref(),
                region: found.home().to_string(),
                identity_store_id: &instance.identity_store_id,
                owner_account_id: instance.owner_account_id.as_deref(),
                start_url: block.map(|block| block.start_url.as_str()),
                sso_session: there.map(|(name, _)| name.as_str()),
                config_block: block.map(Block::text),
            }
        });
        let written = self
            .written
            .as_ref()
            .map(|written| WrittenSession { session: &written.session, diff: diff::plain(&written.diff) });
        document(&Document { instances: instances.collect(), written })
    }

    fn data(&self, _: &Look) -> String {
        if self.csv {
            let rows = self.pairs().map(|(found, block)| {
                let instance = &found.instance;
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                [
                    instance.arn.clone(),
                    text(&instance.name),
                    text(&instance.status),
                    found.home().to_string(),
                    instance.identity_store_id.clone(),
                    text(&instance.owner_account_id),
                    block.map(|block| block.start_url.as_str().to_owned()).unwrap_or_default(),
                ]
            });
            let header = [
                "instance_arn",
                "name",
                "status",
                "region",
                "identity_store_id",
                "owner_account_id",
                "start_url",
            ];
            return csv(header, rows);
        }
        self.pairs().map(|(found, block)| self.record(found, block)).collect::<Vec<_>>().join("\n")
    }

    fn talk(&self, look: &Look) -> String {
        let mut text = self.nowhere.clone().unwrap_or_default();
        if let Some(written) = &self.written {
            let session = escape(&written.session);
            match &written.place {
                Some(place) => text.push_str(&format!(
                    "{} Nothing to write: the session {session} is for this portal ({}).\n",
                    look.tick(),
                    escape(place)
                )),
                None => text.push_str(&format!(
                    "{}\n{}{} Written.\n",
                    escape(&written.path),
                    diff::text(&written.diff, look.color, None),
                    look.tick()
                )),
            }
            text.push_str(&format!(
                "  Next: sso login{}\n",
                escape(&option("--sso-session", &written.session))
            ));
        }
        text
    }
}

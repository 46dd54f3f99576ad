//! `sso console`: a browser, signed in at the AWS console as the role.

use super::credentials::Wanted;
use super::sts::client_region;
use super::{Outcome, sessions};
use crate::args::ConsoleArgs;
use crate::catalogue::Code;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, Voice, because, option};
use crate::output::document::{Time, document};
use crate::output::escape::escape;
use crate::output::{Look, Report, to_stderr};
use crate::runtime::block_on;
use crate::settings::Settings;
use crate::ui::browser::Browser;
use crate::ui::host;
use serde::Serialize;
use serde_json::Value;
use sso_config::SsoSession;
use sso_core::{ConsoleUrl, ProfileName, Region, RoleCredentials, RoleKey, Service, Timestamp};
use sso_discovery::{ConsoleError, Signin, console_page};
use sso_oidc::{HandOff, os_entropy};
use std::time::Duration;
use url::Url;

/// For credentials and the sign-in token.
const LIMIT: Duration = Duration::from_secs(40);
/// How long the browser is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the browser is led, and as whom.
struct Visit {
    wanted: Wanted,
    region: Region,
    page: Url,
    /// The command that does the same for a browser elsewhere.
    elsewhere: String,
}

/// Opens the console, or prints the address that does.
pub(crate) fn run(context: &Context, args: &ConsoleArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let (profile, role, _) = sessions::role(context, &set)?;
    let voice = context.voice();
    let network = context.network(&set, &profile)?;
    let region = chosen_region(&network, args, &role.session, &voice)?;
    let page = page(&region, args.service.as_deref())?;
    let browser = browser(context, args, &role.session, &voice)?;
    let elsewhere = elsewhere(&voice, args);
    let visit = Visit { wanted: Wanted::new(profile, role, &voice)?, region, page, elsewhere };
    let (url, credentials) = block_on(context.within(LIMIT), sign_in(context, &visit, &network))?;
    if !args.print {
        block_on(None, lead(context, &visit, &browser, &url))?;
    }
    let Visit { wanted: Wanted { profile, key, .. }, region, page, .. } = visit;
    let url = args.print.then_some(url);
    Ok(Outcome::success(Opened { profile, key, region, page, ends: credentials.expires_at, url }))
}

/// The same page.
fn elsewhere(voice: &Voice, args: &ConsoleArgs) -> String {
    let given = [("--service", &args.service), ("--region", &args.region)];
    let given = given.iter().filter_map(|(flag, value)| Some(option(flag, value.as_deref()?)));
    format!("{}{} --print", voice.command("console"), given.collect::<String>())
}

/// `--region`, else that of the profile's calls. It must be one of the role's own partition: keys go nowhere else.
fn chosen_region(
    network: &Network,
    args: &ConsoleArgs,
    session: &SsoSession,
    voice: &Voice,
) -> Result<Region, CliError> {
    let region = match args.region.as_deref() {
        Some(text) => Region::parse(text).map_err(|error| {
            CliError::new(Code::C14, Exit::Usage, format!("\"{text}\" is not a region."))
                .cause(error.to_string())
                .fix(format!("{} --region <region>", voice.command("console")))
        })?,
        None => client_region(network, session, voice)?,
    };
    // A name for STS, and no place where anything runs.
    let region =
        if region.as_str() == "aws-global" { Region::parse("us-east-1").unwrap_or(region) } else { region };
    let home = Region::parse(&session.region.value).map(|region| region.partition());
    if home.is_ok_and(|home| home != region.partition()) {
        let (there, here) = (region.partition().id(), session.region.value.as_str());
        return Err(CliError::new(
            Code::C14,
            if args.region.is_some() { Exit::Usage } else { Exit::Configuration },
            format!("The role has no console in {region}."),
        )
        .cause(format!("{region} is of the partition {there}, the session is in {here}"))
        .fix(format!("{} --region {here}", voice.command("console"))));
    }
    Ok(region)
}

fn page(region: &Region, service: Option<&str>) -> Result<Url, CliError> {
    console_page(region, service).map_err(|error| match error {
        ConsoleError::Service => CliError::new(
            Code::R01,
            Exit::Usage,
            format!("\"{}\" is not the name of a service.", service.unwrap_or_default()),
        )
        .cause(error.to_string())
        .fix("use its name in the console's address, such as ec2, s3 or cloudwatch"),
        ConsoleError::Partition => {
            CliError::new(Code::E05, Exit::Configuration, format!("There is no known console for {region}."))
                .cause(error.to_string())
                .fix("correct the region, or open the access portal in your browser")
        }
    })
}

/// By the rules of a login to the same session.
fn browser(
    context: &Context,
    args: &ConsoleArgs,
    session: &SsoSession,
    voice: &Voice,
) -> Result<Browser, CliError> {
    let settings = Settings::load(&context.env).map_err(|error| error.explain(voice))?;
    let settings = settings.of(session.name.as_ref().map(|name| name.as_str()));
    Browser::choose(args.print, args.browser.as_deref(), &settings, &context.env)
        .map_err(|fault| fault.explain(voice))
}

/// The address that signs in, by way of a sign-in token.
async fn sign_in(
    context: &Context,
    visit: &Visit,
    network: &Network,
) -> Result<(ConsoleUrl, RoleCredentials), CliError> {
    let store = context.store()?;
    let endpoint = network.endpoint(Service::Signin, &visit.region, network.settings.options())?;
    if let Some(configured) = network.configured(Service::Signin) {
        // The keys go there, so it is said.
        let origin = context.voice().origin(&configured.origin);
        context.output.say(&format!("Endpoint: {} ({})\n", escape(&configured.value), escape(&origin)));
    }
    let credentials = match visit.wanted.cached(&store, context) {
        Some(credentials) => credentials,
        None => visit.wanted.fetch(context, store, network).await?,
    };
    let signin = Signin::new(network.http.clone(), endpoint);
    let token = signin.get_signin_token(&credentials).await;
    let token =
        token.map_err(|error| error.explain(&context.voice().about(visit.wanted.profile.as_str())))?;
    let issuer = visit.wanted.role.session.start_url.value.as_str();
    Ok((signin.console_url(&visit.page, issuer, &token), credentials))
}

/// Starts the browser with an address of ours, and waits until it has come and was sent on.
async fn lead(context: &Context, visit: &Visit, browser: &Browser, url: &ConsoleUrl) -> Result<(), CliError> {
    let voice = context.voice();
    let told = |error: sso_oidc::HandOffError| error.explain(&voice);
    let hand_off = HandOff::bind(url, os_entropy).await.map_err(told)?;
    let address = hand_off.address().map_err(told)?;
    let say = |text: &str| context.output.say(text);
    let RoleKey { account_id, role_name, .. } = &visit.wanted.key;
    let role = escape(&format!("{account_id}/{role_name}"));
    let seconds = PATIENCE.as_secs();
    let obstacle = host::facts(&context.env, matches!(browser, Browser::Named(_))).obstacle();
    match obstacle {
        _ if *browser == Browser::Off => {
            say(&format!("To open the console of {role}, visit within {seconds} s, on this host:\n"));
        }
        Some(reason) => say(&format!(
            "{}, so no browser is opened.\nTo open the console of {role}, visit within {seconds} s, on this host:\n",
            because(reason)
        )),
        None => match browser.open(&address, &context.env) {
            Ok(()) => say(&format!(
                "Opening your browser at the console of {role}.\nIf it does not open, visit within {seconds} s:\n"
            )),
            Err(reason) => say(&format!(
                "No browser could be opened ({}).\nTo open the console of {role}, visit within {seconds} s, on this host:\n",
                escape(&reason)
            )),
        },
    }
    to_stderr(&format!("  {address}\n"));
    say(&format!("Browser on another machine? Run: {}\n", escape(&visit.elsewhere)));
    let waiting = context.output.waiting("Waiting for the browser", PATIENCE);
    let came = within(PATIENCE, hand_off.wait(), visit.elsewhere.clone()).await;
    drop(waiting);
    came
}

async fn within(patience: Duration, came: impl Future<Output = ()>, instead: String) -> Result<(), CliError> {
    tokio::time::timeout(patience, came).await.map_err(|_| {
        let headline = format!("No browser has come within {} s.", patience.as_secs());
        CliError::new(Code::R07, Exit::TimedOut, headline).fix(instead)
    })
}

/// Where the console is open, and as whom.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    profile: &'a str,
    account_id: &'a str,
    role_name: &'a str,
    /// The region of the console.
    region: &'a str,
    /// The address of the page, without a sign-in.
    page: &'a str,
    /// When the role credentials end that it was opened with.
    expires_at: Time,
    /// With `--print`: the address that signs in whoever opens it within 15 minutes, a secret; else null.
    url: Option<&'a str>,
}

/// The console is open, or this is the address that opens it.
struct Opened {
    profile: ProfileName,
    key: RoleKey,
    region: Region,
    page: Url,
    ends: Timestamp,
    /// Only where it was asked for: it is a secret.
    url: Option<ConsoleUrl>,
}

impl Report for Opened {
    fn json(&self) -> Value {
        document(&Document {
            profile: self.profile.as_str(),
            account_id: self.key.account_id.as_str(),
            role_name: self.key.role_name.as_str(),
            region: self.region.as_str(),
            page: self.page.as_str(),
            expires_at: Time(self.ends),
            url: self.url.as_ref().map(ConsoleUrl::expose),
        })
    }

    fn data(&self, _: &Look) -> String {
        self.url.as_ref().map(|url| format!("{}\n", url.expose())).unwrap_or_default()
    }

    fn talk(&self, look: &Look) -> String {
        let RoleKey { account_id, role_name, .. } = &self.key;
        let role = escape(&format!("{account_id}/{role_name}"));
        let until = look.until(self.ends);
        match self.url {
            Some(_) => format!(
                "Whoever opens this address within 15 min is {role}, until {until}. Show it to nobody.\n"
            ),
            None => format!("{} Console of {role} in {}, until {until}.\n", look.tick(), self.region),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_not_waited_for_for_ever() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let wait = |came: bool| async move {
            let visit = async move {
                if !came {
                    std::future::pending::<()>().await;
                }
            };
            within(Duration::from_millis(20), visit, "sso console --print".into()).await
        };
        assert_eq!(runtime.block_on(wait(true)), Ok(()));
        let late = runtime.block_on(wait(false)).expect_err("nobody came");
        assert_eq!((late.exit, late.fix.as_deref()), (Exit::TimedOut, Some("sso console --print")));
        assert_eq!(PATIENCE, Duration::from_secs(30));
    }
}

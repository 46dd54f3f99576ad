//! The binary: `sso-sim serve` runs a world for a demo, `sso-sim browse URL` is its browser.

mod demo;

use sso_sim::{Authorize, Device, Sim, SimBuilder, StandInBrowser};
use std::io::Write as _;
use std::process::ExitCode;

const USAGE: &str = "\
usage: sso-sim [serve] [options]    run the simulated AWS until Ctrl-C
       sso-sim browse [--deny] URL  be the browser: open URL, follow, click Approve

options of serve:
  --port N                     listen on this port (default: a free one)
  --authorize page|auto|deny   what the sign-in page does (default: page)
  --device manual|auto|deny    who answers a device code (default: manual, see /device)
  --rotating                   single-use refresh tokens; reuse ends the session
  --accounts N                 how many accounts there are (default: 3)
  --token-lifetime SECONDS     how long an access token lives (default: 28800)
  --rate-limit N               requests a second to sso-admin, and to sso (default: any)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["browse", "--deny", url] => browse(&StandInBrowser::denying(), url),
        ["browse", url] => browse(&StandInBrowser::approving(), url),
        ["help" | "--help" | "-h"] => print(USAGE),
        ["serve", ref options @ ..] => serve(options),
        ref options => serve(options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("sso-sim: {message}");
            ExitCode::FAILURE
        }
    }
}

fn browse(browser: &StandInBrowser, url: &str) -> Result<(), String> {
    let visit = browser.open(url).map_err(|error| error.to_string())?;
    for step in &visit.steps {
        // The query holds codes and states, which belong on no screen.
        let shown = step.url.split('?').next().unwrap_or_default();
        eprintln!("{} {} {shown}", step.status, step.method);
    }
    match visit.last_status() {
        200..=299 => Ok(()),
        status => Err(format!("the last page was a {status}")),
    }
}

fn serve(options: &[&str]) -> Result<(), String> {
    let sim = configure(options)?.try_start();
    let sim = sim.map_err(|error| format!("cannot listen: {error}"))?;
    print(&banner(&sim))?;
    loop {
        std::thread::park();
    }
}

fn configure(options: &[&str]) -> Result<SimBuilder, String> {
    let mut builder = SimBuilder::new().authorize(Authorize::Page).device(Device::Manual);
    let mut accounts = 3;
    let mut options = options.iter();
    while let Some(option) = options.next() {
        if *option == "--rotating" {
            builder = builder.revoke_on_reuse();
            continue;
        }
        let value = options.next().copied();
        let value = value.ok_or_else(|| format!("{option} is unknown or lacks its value\n{USAGE}"))?;
        builder = match *option {
            "--port" => builder.port(number(option, value)?),
            "--token-lifetime" => builder.token_lifetime(number(option, value)?),
            "--rate-limit" => {
                let limit = f64::from(number::<u32>(option, value)?);
                builder.rate_limit("sso-admin", limit, limit).rate_limit("sso", limit, limit)
            }
            "--authorize" => builder.authorize(authorize_mode(value)?),
            "--device" => builder.device(device_mode(value)?),
            "--accounts" => {
                accounts = number(option, value)?;
                builder
            }
            _ => return Err(format!("{option} is unknown\n{USAGE}")),
        };
    }
    Ok(demo::world(builder, accounts))
}

fn number<T: std::str::FromStr>(option: &str, value: &str) -> Result<T, String> {
    let parsed = value.parse();
    parsed.map_err(|_| format!("{option} wants a number, not {value:?}"))
}

fn authorize_mode(value: &str) -> Result<Authorize, String> {
    match value {
        "page" => Ok(Authorize::Page),
        "auto" => Ok(Authorize::Auto),
        "deny" => Ok(Authorize::AutoDeny),
        _ => Err(format!("--authorize wants page, auto or deny, not {value:?}")),
    }
}

fn device_mode(value: &str) -> Result<Device, String> {
    match value {
        "manual" => Ok(Device::Manual),
        "auto" => Ok(Device::Auto(2)),
        "deny" => Ok(Device::AutoDeny),
        _ => Err(format!("--device wants manual, auto or deny, not {value:?}")),
    }
}

fn banner(sim: &Sim) -> String {
    let exports: String = sim.env().iter().map(|(name, value)| format!("export {name}={value}\n")).collect();
    format!(
        "{exports}\n# ~/.aws/config\n[sso-session corp]\nsso_start_url = {}\nsso_region = {}\n\
         sso_registration_scopes = sso:account:access\n\n[profile dev]\nsso_session = corp\n\
         sso_account_id = 111122223333\nsso_role_name = Admin\nregion = {}\n\n\
         # Every role may see what administrators see, in {}\n\
         # Listening on {} until Ctrl-C. Device codes: {}/device\n",
        sim.start_url(),
        sim.region(),
        sim.region(),
        sim.instance_arn(),
        sim.url(),
        sim.url(),
    )
}

/// A closed pipe is a reader that has seen enough, and not an error.
fn print(text: &str) -> Result<(), String> {
    let mut stdout = std::io::stdout();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    Ok(())
}

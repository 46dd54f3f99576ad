//! How to sign in: the options, the settings of the session, `BROWSER`. Decided before anything is asked of anybody.

use crate::args::FlowArgs;
use crate::commands::sessions::Listed;
use crate::context::Context;
use crate::error::CliError;
use crate::explain::Explain as _;
use crate::settings::{FlowSetting, Settings};
use crate::ui::browser::Browser;
use sso_oidc::{FlowId, Preference};

/// How to sign in to one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) browser: Browser,
    pub(super) preference: Preference,
}

impl Way {
    /// Reads the settings. A wrong one is told even if nobody has to sign in now: later is a worse time.
    pub(super) fn of(context: &Context, args: &FlowArgs, listed: &Listed) -> Result<Self, CliError> {
        let settings = Settings::load(&context.env).map_err(|error| error.explain(&listed.voice))?;
        let settings = settings.of(listed.session.name.as_ref().map(|name| name.as_str()));
        let browser = Browser::choose(args.no_browser, args.browser.as_deref(), &settings, &context.env)
            .map_err(|fault| fault.explain(&listed.voice))?;
        let wanted = settings.flow.map(|flow| flow.value);
        Ok(Self { browser, preference: preference(args, wanted, listed.is_legacy()) })
    }
}

/// The options, else the setting. A legacy profile knows one flow only: there the setting, which is made for all sessions,
/// cannot ask for another, while the option is refused.
fn preference(args: &FlowArgs, wanted: Option<FlowSetting>, legacy: bool) -> Preference {
    match wanted {
        _ if args.use_device_code => Preference::Only(FlowId::Device),
        _ if args.use_pkce => Preference::Only(FlowId::Pkce),
        Some(FlowSetting::Device) => Preference::Only(FlowId::Device),
        Some(FlowSetting::Pkce) if !legacy => Preference::Only(FlowId::Pkce),
        Some(FlowSetting::Pkce | FlowSetting::Auto) | None => Preference::Auto,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_before_the_setting() {
        const PKCE: Preference = Preference::Only(FlowId::Pkce);
        const DEVICE: Preference = Preference::Only(FlowId::Device);
        for (device, pkce, setting, legacy, expected) in [
            (false, false, None, false, Preference::Auto),
            (false, false, Some(FlowSetting::Auto), false, Preference::Auto),
            (false, false, Some(FlowSetting::Device), false, DEVICE),
            (false, false, Some(FlowSetting::Pkce), false, PKCE),
            (false, false, Some(FlowSetting::Pkce), true, Preference::Auto),
            (true, false, Some(FlowSetting::Pkce), false, DEVICE),
            (false, true, Some(FlowSetting::Device), false, PKCE),
        ] {
            let args = FlowArgs {
                use_device_code: device,
                use_pkce: pkce,
                no_browser: false,
                browser: None,
                redirect_port: 0,
                timeout: 600,
            };
            assert_eq!(preference(&args, setting, legacy), expected, "{device} {pkce} {setting:?} {legacy}");
        }
    }
}

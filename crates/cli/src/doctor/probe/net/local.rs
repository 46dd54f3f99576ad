//! What this machine says about the network: which hosts are needed, which file of roots is in force.

use super::host::Use;
use crate::context::{endpoint, expand, oidc_options};
use crate::doctor::probe::ConfigFacts;
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_config::{CredentialSource, EndpointSettings, Env, Origin, env};
use sso_core::{Region, Service};
use sso_http::{Certificate, Url};
use sso_oidc::is_aws_owned;
use std::path::{Path, PathBuf};

/// A file of roots larger than any real one is not read.
const MOST: u64 = 16 << 20;

/// What this machine says.
#[derive(Default)]
pub(crate) struct LocalFacts {
    /// Endpoints and roots, unless the configuration cannot be used.
    pub(crate) settings: Option<EndpointSettings>,
    /// Why there are none: an empty CA bundle, a services section that is not there.
    pub(crate) wrong: Option<CliError>,
    /// The hosts that are needed, each once, and what for.
    pub(crate) hosts: Vec<(Url, Vec<Use>)>,
    /// The start URL, and as it is written.
    pub(crate) start_url: Option<(Url, String)>,
    /// The file of roots that replaces the system's.
    pub(crate) bundle: Option<Bundle>,
    /// `REQUESTS_CA_BUNDLE`, where another setting goes before it.
    pub(crate) python_bundle: Option<Bundle>,
}

/// A file of roots.
pub(crate) struct Bundle {
    pub(crate) origin: Origin,
    pub(crate) path: PathBuf,
    /// Its certificates, or why there are none.
    pub(crate) certificates: Result<Vec<Certificate>, String>,
}

impl LocalFacts {
    pub(in crate::doctor::probe) fn gather(variables: &Env, config: &ConfigFacts, voice: &Voice) -> Self {
        let settings = match &config.endpoints {
            None => return Self::default(),
            Some(Ok(settings)) => settings.clone(),
            Some(Err(error)) => return Self { wrong: Some(error.explain(voice)), ..Self::default() },
        };
        let home = variables.home_dir().ok();
        let bundle = settings
            .ca_bundle
            .as_ref()
            .map(|found| Bundle::read(found.origin.clone(), expand(&found.value, home.as_deref())));
        let python = variables.text(env::REQUESTS_CA_BUNDLE).filter(|_| {
            let first = bundle.as_ref().map(|bundle| &bundle.origin);
            first.is_some_and(|first| *first != Origin::Variable(env::REQUESTS_CA_BUNDLE))
        });
        let python_bundle = python.map(|path| {
            Bundle::read(Origin::Variable(env::REQUESTS_CA_BUNDLE), expand(&path, home.as_deref()))
        });
        let (hosts, start_url) = hosts(&settings, config, voice).unwrap_or_default();
        Self { settings: Some(settings), wrong: None, hosts, start_url, bundle, python_bundle }
    }
}

impl Bundle {
    fn read(origin: Origin, path: PathBuf) -> Self {
        let certificates = text(&path).and_then(|pem| sso_http::bundle(&pem).map_err(str::to_owned));
        Self { origin, path, certificates }
    }
}

/// A pipe or a device is never opened: reading it could wait for ever.
fn text(path: &Path) -> Result<Vec<u8>, String> {
    let found = std::fs::metadata(path).map_err(|error| error.to_string())?;
    match () {
        () if found.is_dir() => Err("it is a directory".to_owned()),
        () if !found.is_file() => Err("it is not a file".to_owned()),
        () if found.len() > MOST => Err("it is too large for certificates".to_owned()),
        () => std::fs::read(path).map_err(|error| error.to_string()),
    }
}

type Hosts = (Vec<(Url, Vec<Use>)>, Option<(Url, String)>);

/// The hosts that the session and the profile need. A portal's start page is asked only where the sign-in service is AWS's
/// own: whoever has configured one has its pages there.
fn hosts(settings: &EndpointSettings, config: &ConfigFacts, voice: &Voice) -> Option<Hosts> {
    let session = config.subject.session()?;
    let checked = session.check().ok()?;
    let of_rules = |service, region: &Region, options| endpoint(settings, voice, service, region, options);
    let mut hosts: Vec<(Url, Vec<Use>)> = Vec::new();
    let mut add = |url: Url, of: Use| match hosts.iter_mut().find(|(known, _)| known.origin() == url.origin())
    {
        Some((_, uses)) => uses.push(of),
        None => hosts.push((url, vec![of])),
    };
    let sign_in = oidc_options(settings, &session.start_url.value);
    if let Ok(oidc) = of_rules(Service::SsoOidc, &checked.region, sign_in) {
        add(oidc.url().clone(), Use::SignIn);
    }
    if let Ok(portal) = of_rules(Service::Sso, &checked.region, settings.options()) {
        add(portal.url().clone(), Use::Portal);
    }
    if let Some(resolved) = config.subject.resolved()
        && matches!(resolved.source, CredentialSource::AssumeRole(_))
    {
        let region = settings.region.as_ref().and_then(|region| Region::parse(&region.value).ok());
        let region = region.unwrap_or_else(|| checked.region.clone());
        if let Ok(sts) = of_rules(Service::Sts, &region, settings.options()) {
            add(sts.url().clone(), Use::Sts);
        }
    }
    let host = checked.start_url.host_str().unwrap_or_default().to_owned();
    // An identifier of AWS (`identitycenter.amazonaws.com`) has no address.
    let is_name_only = host.trim_end_matches('.').starts_with("identitycenter.");
    if !is_aws_owned(&host) {
        add(checked.start_url.clone(), Use::Vanity);
    } else if settings.endpoint(Service::SsoOidc).is_none() && !is_name_only {
        add(checked.start_url.clone(), Use::StartPage);
    }
    Some((hosts, Some((checked.start_url, session.start_url.value.as_str().to_owned()))))
}

/// What a host is for, in words.
pub(crate) fn place_of_use(uses: &[Use]) -> String {
    let words = uses.iter().map(|of| match of {
        Use::SignIn => "signing in",
        Use::Portal => "accounts and credentials",
        Use::Sts => "assuming roles",
        Use::StartPage => "the browser",
        Use::Vanity => "the start URL",
    });
    words.collect::<Vec<_>>().join(", ")
}

//! Everything from outside, read once and handed down: environment, home, terminal, clock; the network when it is needed.

use crate::args::{ColorWhen, Global};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain, Voice};
use crate::kept::Tokens;
use crate::output::time::span;
use crate::output::{Output, charset};
use jiff::SignedDuration;
use sso_cache::{CacheDirs, FileStore};
use sso_config::{ConfigSet, EndpointSettings, Env, Sourced, SsoSession};
use sso_core::{
    Clock, EndpointOptions, EndpointUrl, FreshnessPolicy, ProfileName, Region, Service, StartUrl, Timestamp,
};
use sso_http::{HttpClient, HttpError, HttpSettings, ProxyError, ProxySettings};
use sso_oidc::{OidcClient, TokenBroker, is_dual_stack_portal};
use sso_portal::PortalClient;
use std::cell::{Cell, OnceCell};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// What is under way when a list begins nothing more takes less, as a rule.
const CLOSING: Duration = Duration::from_secs(5);

/// What a command works with.
pub(crate) struct Context {
    pub(crate) env: Env,
    pub(crate) global: Global,
    /// The command's name, for fixes.
    pub(crate) command: &'static str,
    pub(crate) output: Output,
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether stdin and stderr are terminals and we are in the foreground: then there is somebody to talk with.
    pub(crate) interactive: bool,
    /// The HTTP client once there is one: it knows how far the service's clock is off.
    http: OnceCell<HttpClient>,
    /// When the command is ended, whatever it is at.
    deadline: Cell<Option<Instant>>,
}

impl Context {
    /// Reads the environment, once.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment and the clock")]
    pub(crate) fn capture(global: Global, command: &'static str) -> Self {
        let env = environment();
        charset::learn(&env);
        let (stdin, stdout, stderr) = (
            std::io::stdin().is_terminal(),
            std::io::stdout().is_terminal(),
            std::io::stderr().is_terminal(),
        );
        let output = Output {
            json: global.json,
            lines: false,
            quiet: global.quiet,
            dumb: charset::is_dumb(&env),
            color: (colors(global.color, &env, stdout), colors(global.color, &env, stderr)),
            columns: (stdout.then(|| columns(std::io::stdout())), stderr.then(|| columns(std::io::stderr()))),
        };
        Self {
            env,
            global,
            command,
            output,
            clock: Arc::new(Timestamp::now),
            interactive: stdin && stderr && foreground(),
            http: OnceCell::new(),
            deadline: Cell::new(None),
        }
    }

    /// The same surroundings for another profile, or once more for the same: with a network and a deadline of its own.
    pub(crate) fn again(&self, profile: Option<&str>) -> Self {
        let profile = profile.map(str::to_owned).or_else(|| self.global.profile.clone());
        Self { output: self.output, ..Self::capture(Global { profile, ..self.global.clone() }, self.command) }
    }

    /// The limit, from now on known to all that the command does.
    pub(crate) fn within(&self, limit: Duration) -> Option<Duration> {
        self.deadline.set(Instant::now().checked_add(limit));
        Some(limit)
    }

    /// When the command is ended, if it has a limit.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline.get()
    }

    /// When a list begins nothing more, so that what it has can be shown before the limit.
    pub(crate) fn last_call(&self) -> Option<Instant> {
        let deadline = self.deadline()?;
        Some(deadline.checked_sub(CLOSING).unwrap_or(deadline))
    }

    /// The instant.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How errors are worded: paths below the home directory begin with `~`, fixes name what was asked for.
    pub(crate) fn voice(&self) -> Voice {
        let voice = Voice::new(&self.env).during(self.command);
        match (self.global.sso_session(), self.global.profile()) {
            (Some(session), _) => voice.session(session),
            (None, Some(profile)) => voice.profile(profile),
            (None, None) => voice,
        }
    }

    /// The error, with a note on the clock if the service's is more than five minutes off: that explains a lot.
    pub(crate) fn with_clock(&self, error: CliError) -> CliError {
        let offset = self.http.get().and_then(HttpClient::clock_offset).unwrap_or_default();
        if offset.abs() <= SignedDuration::from_mins(5) {
            return error;
        }
        let direction = if offset.is_positive() { "behind" } else { "ahead of" };
        error.note("clock", format!("this machine's clock is {} {direction} the service's", span(offset)))
    }

    /// Both configuration files.
    pub(crate) fn config(&self) -> Result<ConfigSet, CliError> {
        ConfigSet::load(&self.env).map_err(|error| error.explain(&self.voice()))
    }

    /// The caches.
    pub(crate) fn store(&self) -> Result<FileStore, CliError> {
        let explain =
            |error: sso_config::HomeError| sso_config::ConfigError::from(error).explain(&self.voice());
        let sso = self.env.sso_cache_dir().map_err(explain)?;
        let cli = self.env.cli_cache_dir().map_err(explain)?;
        Ok(FileStore::open(CacheDirs { sso, cli }).with_local_locks(local_locks(&self.env)))
    }

    /// Endpoints and the HTTP client, by the environment and the active profile.
    pub(crate) fn network(&self, set: &ConfigSet, profile: &ProfileName) -> Result<Network, CliError> {
        let voice = self.voice();
        let settings =
            EndpointSettings::resolve(&self.env, set, profile).map_err(|error| error.explain(&voice))?;
        let http_settings =
            http_settings(&self.env, &settings).map_err(|error| HttpError::from(error).explain(&voice))?;
        let http = HttpClient::new(&http_settings, Arc::clone(&self.clock))
            .map_err(|error| error.explain(&voice))?;
        let http = self.http.get_or_init(|| http).clone();
        Ok(Network { http, settings, voice })
    }
}

/// The environment and the home directory.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn environment() -> Env {
    // The passwd entry is asked only where HOME is not set: the look-up may go to the network.
    let home = if std::env::var_os("HOME").is_some() { None } else { std::env::home_dir() };
    Env::new(std::env::vars_os(), home)
}

/// The caches, for whoever cannot wait: a file that somebody is writing just now counts as damaged.
///
/// # Errors
/// There is no usable home directory.
pub(crate) fn store_at_hand(env: &Env) -> Result<FileStore, sso_config::HomeError> {
    let dirs = CacheDirs { sso: env.sso_cache_dir()?, cli: env.cli_cache_dir()? };
    Ok(FileStore::open_with(dirs, |_| ()))
}

/// How hosts are reached, by the environment and the settings.
pub(crate) fn http_settings(env: &Env, settings: &EndpointSettings) -> Result<HttpSettings, ProxyError> {
    let home = env.home_dir().ok();
    Ok(HttpSettings {
        user_agent: concat!("sso/", env!("CARGO_PKG_VERSION")).to_owned(),
        proxies: ProxySettings::from_variables(|name| env.text(name))?,
        ca_bundle: settings.ca_bundle.as_ref().map(|bundle| expand(&bundle.value, home.as_deref())),
    })
}

/// Where locks are if the home directory's file system knows none: a directory of this host and this user.
#[cfg(unix)]
fn local_locks(env: &Env) -> Option<PathBuf> {
    let runtime =
        env.raw("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_absolute() && dir.is_dir());
    let of_user = || Path::new("/tmp").join(format!("sso-{}", rustix::process::geteuid().as_raw()));
    Some(runtime.map_or_else(of_user, |dir| dir.join("sso")))
}

#[cfg(not(unix))]
fn local_locks(_: &Env) -> Option<PathBuf> {
    None
}

/// `~/x` of a setting.
pub(crate) fn expand(path: &str, home: Option<&Path>) -> std::path::PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => path.into(),
    }
}

/// Whether stderr takes colours, and how wide it is: for what is said before there is a context.
pub(crate) fn stderr_looks(when: ColorWhen) -> (bool, Option<u16>) {
    let env = environment();
    charset::learn(&env);
    let terminal = std::io::stderr().is_terminal();
    (colors(when, &env, terminal), terminal.then(|| columns(std::io::stderr())))
}

/// `--color`, else NO_COLOR and TERM=dumb, else whether it is a terminal.
fn colors(when: ColorWhen, env: &Env, terminal: bool) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            terminal && env.get("NO_COLOR").is_none() && !charset::is_dumb(env) && knows_colors(env)
        }
    }
}

#[cfg(not(windows))]
fn knows_colors(_: &Env) -> bool {
    true
}

/// The console of Windows does if it is asked to; a terminal that says what it is, as those of Unix do, needs not be asked.
#[cfg(windows)]
fn knows_colors(env: &Env) -> bool {
    env.get("TERM").is_some() || anstyle_query::windows::enable_ansi_colors().unwrap_or(false)
}

/// A process in the background that reads the terminal is stopped by the kernel.
#[cfg(unix)]
pub(crate) fn foreground() -> bool {
    rustix::termios::tcgetpgrp(std::io::stdin()).is_ok_and(|group| group == rustix::process::getpgrp())
}

#[cfg(not(unix))]
fn foreground() -> bool {
    true
}

/// How wide a terminal is; 80 if it does not know.
#[cfg(unix)]
fn columns(terminal: impl std::os::fd::AsFd) -> u16 {
    rustix::termios::tcgetwinsize(terminal).map_or(80, |size| if size.ws_col == 0 { 80 } else { size.ws_col })
}

#[cfg(not(unix))]
fn columns<T>(_: T) -> u16 {
    80
}

/// The clients of the services.
pub(crate) struct Network {
    pub(crate) http: HttpClient,
    pub(crate) settings: EndpointSettings,
    voice: Voice,
}

impl Network {
    /// With a client of one's own.
    pub(crate) fn with(http: HttpClient, settings: EndpointSettings, voice: Voice) -> Self {
        Self { http, settings, voice }
    }

    /// The OIDC service for a portal.
    pub(crate) fn oidc(&self, start_url: &StartUrl, region: &Region) -> Result<OidcClient, CliError> {
        let endpoint = self.endpoint(Service::SsoOidc, region, oidc_options(&self.settings, start_url))?;
        Ok(OidcClient::new(self.http.clone(), endpoint))
    }

    /// The portal of a region.
    pub(crate) fn portal(&self, region: &Region) -> Result<PortalClient, CliError> {
        let endpoint = self.endpoint(Service::Sso, region, self.settings.options())?;
        Ok(PortalClient::new(self.http.clone(), endpoint))
    }

    /// A service's endpoint: the configured one, checked now that it is used, else that of AWS's rules.
    pub(crate) fn endpoint(
        &self,
        service: Service,
        region: &Region,
        options: EndpointOptions,
    ) -> Result<EndpointUrl, CliError> {
        endpoint(&self.settings, &self.voice, service, region, options)
    }

    /// Whether somebody configured the endpoint of a service; said at login, because secrets go there.
    pub(crate) fn configured(&self, service: Service) -> Option<&Sourced<String>> {
        self.settings.endpoint(service)
    }
}

/// The variant of the OIDC endpoint. A dual-stack portal gets the dual-stack one by itself (aws-cli#10507).
pub(crate) fn oidc_options(settings: &EndpointSettings, start_url: &StartUrl) -> EndpointOptions {
    let dual_stack = start_url.host().is_some_and(|host| is_dual_stack_portal(&host));
    let options = settings.options();
    EndpointOptions { dual_stack: options.dual_stack || dual_stack, ..options }
}

/// A service's endpoint: the configured one, checked now that it is used, else that of AWS's rules.
pub(crate) fn endpoint(
    settings: &EndpointSettings,
    voice: &Voice,
    service: Service,
    region: &Region,
    options: EndpointOptions,
) -> Result<EndpointUrl, CliError> {
    match settings.endpoint(service) {
        Some(configured) => EndpointUrl::parse(&configured.value).map_err(|error| {
            let origin = voice.origin(&configured.origin);
            CliError::new(
                Code::E05,
                Exit::Configuration,
                format!("The endpoint \"{}\" cannot be used.", configured.value),
            )
            .cause(format!("{error} ({origin})"))
            .fix(voice.mend(&configured.origin))
        }),
        None => EndpointUrl::of(service, region, options).ok_or_else(|| {
            CliError::new(
                Code::E05,
                Exit::Configuration,
                format!("There is no endpoint for the region {region}."),
            )
            .fix("correct the region, or unset AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT")
        }),
    }
}

/// The session as the broker and the flows need it: checked.
pub(crate) struct Target {
    pub(crate) session: SsoSession,
    pub(crate) region: Region,
    /// When its token is refreshed, and whether.
    pub(crate) policy: FreshnessPolicy,
}

impl Target {
    /// Checks the session's values now that they are used.
    pub(crate) fn check(session: SsoSession, voice: &Voice) -> Result<Self, CliError> {
        let checked = session.check().map_err(|error| error.explain(voice))?;
        let jitter = SignedDuration::from_secs(rand::random_range(-120..=120));
        let policy = FreshnessPolicy::configured(checked.auto_refresh, checked.refresh_window, jitter);
        Ok(Self { session, region: checked.region, policy })
    }

    /// What hands out the session's token, by the session's own rules.
    pub(crate) fn broker(&self, oidc: OidcClient, tokens: Arc<dyn Tokens>, context: &Context) -> TokenBroker {
        TokenBroker::new(oidc, tokens, Arc::clone(&context.clock), self.policy).until(context.deadline())
    }

    /// The same for somebody who asks for it: then `sso_auto_refresh = false` forbids nothing.
    pub(crate) fn asked_for(self) -> Self {
        Self { policy: FreshnessPolicy { auto_refresh: true, ..self.policy }, ..self }
    }

    /// What the token broker is asked with.
    pub(crate) fn for_broker(&self) -> sso_oidc::SsoSession {
        sso_oidc::SsoSession {
            key: self.session.token_key(),
            start_url: self.session.start_url.value.clone(),
            region: self.region.clone(),
        }
    }
}

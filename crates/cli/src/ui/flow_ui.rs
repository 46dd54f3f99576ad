//! What a login shows on the terminal, opens and reads: the `FlowUi` of the command line.

use super::browser::{Browser, openable};
use super::paste::Paste;
use super::progress::{Wait, clock};
use super::qr;
use crate::explain::{Explain as _, Voice, because};
use crate::output::escape::escape;
use crate::output::{Output, STRONG, to_stderr};
use sso_config::Env;
use sso_core::{EndpointUrl, StoreError};
use sso_oidc::{BoxFuture, FlowEvent, FlowId, FlowUi, Reason};
use std::time::Duration;
use url::Url;

/// What a login knows of its surroundings.
pub(crate) struct Surroundings<'a> {
    pub(crate) output: Output,
    pub(crate) env: &'a Env,
    pub(crate) voice: &'a Voice,
    pub(crate) browser: Browser,
    /// Where the sign-in page is.
    pub(crate) endpoint: EndpointUrl,
    /// `corp (d-9067f00ba1.awsapps.com, us-east-1)`.
    pub(crate) portal: String,
    /// There is somebody at stdin and stderr.
    pub(crate) interactive: bool,
    /// A browser is expected on this host.
    pub(crate) browser_here: bool,
}

/// The terminal, as a login sees it.
pub(crate) struct TerminalUi<'a> {
    around: Surroundings<'a>,
    wait: Option<Wait>,
    paste: Option<Paste>,
    flow: Option<FlowId>,
}

impl<'a> TerminalUi<'a> {
    /// A terminal that has shown nothing yet.
    pub(crate) fn new(around: Surroundings<'a>) -> Self {
        Self { around, wait: None, paste: None, flow: None }
    }

    /// What the user cannot do without: shown with `--quiet` too.
    fn show(&self, text: &str) {
        match &self.wait {
            Some(wait) => wait.above(|| to_stderr(text)),
            None => to_stderr(text),
        }
    }

    fn say(&self, text: &str) {
        if !self.around.output.quiet {
            self.show(text);
        }
    }

    fn strong(&self, text: &str) -> String {
        if self.around.output.color.1 { format!("{STRONG}{text}{STRONG:#}") } else { text.to_owned() }
    }

    fn chosen(&mut self, flow: FlowId, reason: Option<Reason>) {
        self.flow = Some(flow);
        let Some(reason) = reason else { return };
        let how = if self.around.browser_here { "approve with a code" } else { "approve on another device" };
        let hint = if reason == Reason::LegacyProfile { "" } else { " (--use-pkce overrides)" };
        self.say(&format!("{}: {how}{hint}.\n\n", because(reason)));
    }

    fn open_url(&mut self, url: &Url) {
        let portal = escape(&self.around.portal);
        match self.around.browser.open(url, self.around.env) {
            _ if self.around.browser == Browser::Off => {
                self.say(&format!("To sign in to {portal}, visit:\n"))
            }
            Ok(()) => self
                .say(&format!("Opening your browser to sign in to {portal}.\nIf it does not open, visit:\n")),
            Err(reason) => self.say(&format!(
                "No browser could be opened ({}).\nTo sign in to {portal}, visit:\n",
                escape(&reason)
            )),
        }
        self.show(&format!("  {url}\n"));
        let other = format!("{} --use-device-code", self.around.voice.command("login"));
        self.paste = if self.around.interactive { Paste::begin() } else { None };
        if self.paste.is_some() {
            self.say(&format!(
                "\nOn another machine? Paste the address that its browser ends on, or press Ctrl-C\nand run: {}\n",
                escape(&other)
            ));
        } else {
            self.say(&format!("Browser on another machine? Run: {}\n", escape(&other)));
        }
    }

    /// Each address is judged alone: what is not AWS's is shown with a warning, and neither drawn nor opened.
    fn show_code(&mut self, code: &str, page: &str, whole: Option<&str>) {
        let known_page = openable(page, &self.around.endpoint);
        let known_whole = whole.and_then(|whole| openable(whole, &self.around.endpoint));
        self.say(&format!("To sign in to {}:\n\n", escape(&self.around.portal)));
        self.show(&format!("  Open   {}\n  Code   {}\n", escape(page), self.strong(&escape(code))));
        let scanned = known_whole.as_ref().filter(|_| self.around.interactive);
        if let Some(drawn) = scanned.and_then(|url| qr::draw(url.as_str(), self.around.output.width())) {
            self.say(&format!("  or scan:\n{drawn}\n"));
        }
        self.show("\n  Approve only if you started this here, now, and the page shows the same code.\n");
        if known_page.is_none() {
            self.show("  That address is not one of AWS, so it is not opened. Do not enter the code there\n  unless you know it.\n");
        }
        let url = known_page.and_then(|page| known_whole.or(Some(page)));
        if let Some(url) = url.filter(|_| self.around.browser_here)
            && let Err(reason) = self.around.browser.open(&url, self.around.env)
        {
            self.say(&format!("  No browser could be opened ({}).\n", escape(&reason)));
        }
    }

    fn waiting(&mut self, limit: Duration) {
        let what =
            if self.flow == Some(FlowId::Pkce) { "Waiting for the browser" } else { "Waiting for approval" };
        if self.around.output.quiet {
            return;
        }
        // No colours (NO_COLOR, TERM=dumb) means no moving line either.
        let output = &self.around.output;
        if self.around.interactive && output.color.1 && !output.dumb {
            self.wait = Some(Wait::spin(what, limit));
        } else {
            self.say(&format!("{what} (up to {}).\n", clock(limit)));
        }
    }

    fn not_saved(&self, error: &StoreError) {
        let told = error.explain(self.around.voice);
        self.say(&format!("The client registration could not be saved: {}\n", escape(&told.headline)));
    }

    /// Ends what is shown while waiting, and gives the terminal back.
    pub(crate) fn finish(&mut self) {
        self.wait = None;
        self.paste = None;
    }
}

impl FlowUi for TerminalUi<'_> {
    fn event(&mut self, event: FlowEvent<'_>) {
        match event {
            FlowEvent::Chosen { flow, because } => self.chosen(flow, because),
            FlowEvent::OpenUrl { url } => self.open_url(url),
            FlowEvent::ShowCode { user_code, verification_uri, verification_uri_complete } => {
                self.show_code(user_code, verification_uri, verification_uri_complete);
            }
            FlowEvent::Waiting { limit } => self.waiting(limit),
            FlowEvent::SlowDown { times: 3 } => {
                self.say("The service asks for slower polling again and again: the clock of this machine may run fast.\n");
            }
            FlowEvent::SlowDown { .. } => {}
            FlowEvent::PasteRejected(reason) => {
                self.say(&format!("Not accepted: {reason}. Still waiting.\n"))
            }
            FlowEvent::Exchanging => self.finish(),
            FlowEvent::RegistrationNotSaved(error) => self.not_saved(error),
        }
    }

    fn pasted_line(&mut self) -> BoxFuture<'_, String> {
        match &mut self.paste {
            Some(paste) => Box::pin(paste.line()),
            None => Box::pin(std::future::pending()),
        }
    }
}

//! A `World`: a fresh HOME, a simulated AWS, a clean environment, and the search for leaked secrets at its end.

use super::leaks::{self, Captured};
use super::run::Sso;
use super::schema;
use super::table;
use sso_sim::{Sim, SimBuilder, StandInBrowser};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;
use tempfile::TempDir;

/// A session, and a profile that uses it.
pub(crate) const CORP: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = us-east-1
";

/// A second session, to stand behind [`CORP`].
pub(crate) const ACME: &str = "
[sso-session acme]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

/// Where the AWS CLI keeps the token of the session `corp`.
pub(crate) const TOKEN_FILE: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
/// Where the AWS CLI keeps the role credentials of `dev`.
pub(crate) const ROLE_FILE: &str = ".aws/cli/cache/0cdbf32b99792a73981dd3f142bc63ab50240b44.json";

/// One story's surroundings.
pub(crate) struct World {
    story: String,
    started: Instant,
    root: TempDir,
    home: PathBuf,
    pub(crate) sim: Sim,
    pub(crate) runs: Mutex<Vec<Captured>>,
    /// The schemas of the documents that were printed.
    pub(super) documents: Mutex<BTreeSet<String>>,
    forgotten: Mutex<usize>,
    measured: Mutex<Vec<String>>,
    variables: Mutex<Vec<(String, String)>>,
}

impl World {
    /// The usual world: one user with two roles in one account, rotating refresh tokens, and [`CORP`] as configuration.
    pub(crate) fn corp(story: &str) -> Self {
        let world = Self::with(story, Self::sim());
        world.config(CORP);
        world
    }

    /// The usual simulated AWS, to be described further.
    pub(crate) fn sim() -> SimBuilder {
        SimBuilder::new().account("111122223333", "dev", &["Admin", "ReadOnly"]).rotating_refresh()
    }

    /// A world with an empty HOME.
    pub(crate) fn with(story: &str, sim: SimBuilder) -> Self {
        let root = tempfile::Builder::new().prefix("sso-e2e-").tempdir().expect("a temp directory");
        let home = root.path().join("home");
        std::fs::create_dir(&home).expect("HOME can be made");
        Self {
            story: story.into(),
            started: Instant::now(),
            root,
            home,
            sim: sim.start(),
            runs: Mutex::default(),
            documents: Mutex::default(),
            forgotten: Mutex::default(),
            measured: Mutex::default(),
            variables: Mutex::default(),
        }
    }

    /// Writes `~/.aws/config`.
    pub(crate) fn config(&self, text: &str) {
        self.write(".aws/config", text);
    }

    /// A run of the program, to be described and started.
    pub(crate) fn sso(&self, args: &[&str]) -> Sso<'_> {
        Sso::new(self, args)
    }

    /// Sets a variable for all runs from here.
    #[cfg(feature = "keyring")]
    pub(crate) fn sets(&self, name: &str, value: &str) {
        self.variables.lock().expect("a list").push((name.to_owned(), value.to_owned()));
    }

    /// What is set for all runs.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        self.variables.lock().expect("a list").clone()
    }

    /// Signs in: the real program, and the simulated AWS's own stand-in browser.
    pub(crate) fn sign_in(&self) {
        self.sign_in_by(&["login", "--force", "--use-pkce", "--no-browser"]);
    }

    /// Signs in to a session by its name.
    pub(crate) fn sign_in_to(&self, session: &str) {
        self.sign_in_by(&["login", "--force", "--use-pkce", "--no-browser", "--sso-session", session]);
    }

    fn sign_in_by(&self, command: &[&str]) {
        let login = self.sso(command).spawn();
        let visit = StandInBrowser::approving().open(&login.address());
        assert_eq!(visit.expect("the page opens").last_status(), 200);
        login.finish().exits(0);
    }

    /// HOME.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// A place for scripts and notes, outside HOME.
    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Counts requests from here.
    pub(crate) fn forget_requests(&self) {
        *self.forgotten.lock().expect("a counter") += self.sim.journal().total();
        self.sim.clear_journal();
    }

    /// How many requests there were since [`World::forget_requests`], with their list when the number is another.
    pub(crate) fn made_requests(&self, expected: usize) {
        let journal = self.sim.journal();
        assert_eq!(journal.total(), expected, "{}", journal.summary());
    }

    /// The schemas that no document was of.
    pub(crate) fn unused_schemas(&self) -> Vec<&'static str> {
        let used = self.documents.lock().expect("a list");
        schema::all().keys().map(String::as_str).filter(|name| !used.contains(*name)).collect()
    }

    /// A figure worth a line in the table.
    pub(crate) fn measured(&self, figure: String) {
        eprintln!("measured: {}: {figure}", self.story);
        self.measured.lock().expect("a list").push(figure);
    }

    /// Everything that must not be found where it does not belong.
    fn search(&self) -> Result<(), String> {
        let runs = self.runs.lock().map_err(|_| "a run died")?;
        leaks::search(&runs, &self.home, &self.sim)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let found = if std::thread::panicking() { Ok(()) } else { self.search() };
        let passed = !std::thread::panicking() && found.is_ok();
        let requests = *self.forgotten.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
            + self.sim.journal().total();
        let measured = self.measured.lock().map(|list| list.clone()).unwrap_or_default();
        let result = if passed { "passed" } else { "failed" };
        table::row(&self.story, requests, self.started.elapsed(), result, &measured);
        if let Err(leak) = found {
            panic!("{}: {leak}", self.story);
        }
    }
}

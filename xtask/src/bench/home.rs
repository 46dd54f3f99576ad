//! Homes to measure in: a simulated AWS, a configuration of any size, a cache of any size, somebody who is signed in.

use crate::run::clean;
use sso_sim::{Sim, SimBuilder};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(super) const SESSION: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

";
/// Where the AWS CLI keeps the token of `corp`.
pub(super) const TOKEN: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
/// Where it keeps the role credentials of `dev`.
pub(super) const ROLE: &str = ".aws/cli/cache/0cdbf32b99792a73981dd3f142bc63ab50240b44.json";

/// A home and its world.
pub(crate) struct Home {
    pub(super) sim: Sim,
    folder: TempDir,
    sso: PathBuf,
}

/// The profile that is asked for.
pub(super) fn dev() -> String {
    profile("dev", "111122223333", "Admin")
}

fn profile(name: &str, account: &str, role: &str) -> String {
    format!(
        "[profile {name}]\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\nregion = us-east-1\n\n"
    )
}

/// So many profiles, `dev` in the middle of them.
pub(super) fn profiles(count: usize) -> String {
    let mut text = SESSION.to_owned();
    for n in 0..count {
        if n == count / 2 {
            text.push_str(&dev());
        } else {
            text.push_str(&profile(&format!("account-{n:05}-Admin"), &format!("{n:012}"), "Admin"));
        }
    }
    text
}

impl Home {
    /// A home with that configuration, signed in.
    pub(super) fn new(sso: &Path, sim: SimBuilder, config: &str) -> Result<Self, String> {
        let folder = TempDir::with_prefix("sso-bench-").map_err(|error| error.to_string())?;
        let home = Self { sim: sim.start(), folder, sso: sso.to_owned() };
        home.write(".aws/config", config)?;
        home.run(&["login", "--use-device-code", "--sso-session", "corp"])?;
        Ok(home)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.path().join(name);
        let folder = path.parent().unwrap_or(&path);
        let made = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
        made.map_err(|error| format!("{}: {error}", path.display()))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), String> {
        match std::fs::remove_file(self.path().join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.to_string()),
            _ => Ok(()),
        }
    }

    /// Lets the token have ended.
    pub(super) fn end_token(&self) -> Result<(), String> {
        let text = std::fs::read_to_string(self.path().join(TOKEN)).map_err(|error| error.to_string())?;
        let mut token: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let fields = token.as_object_mut().ok_or("the token file holds no object")?;
        fields.insert("expiresAt".to_owned(), "2020-01-01T00:00:00Z".into());
        self.write(TOKEN, &token.to_string())
    }

    /// Files such as lie in the caches of somebody who uses many roles and sessions.
    pub(super) fn fill_caches(&self, files: usize) -> Result<(), String> {
        for n in 0..files {
            let (end, id) = ("2099-01-01T00:00:00Z", format!("{n:040x}"));
            let role = format!(
                r#"{{"ProviderType": "sso", "Credentials": {{"AccessKeyId": "ASIAEXAMPLE{n:08}", "SecretAccessKey": "x", "SessionToken": "{:x<900}", "Expiration": "{end}", "AccountId": "{n:012}"}}}}"#,
                "t"
            );
            let token = format!(
                r#"{{"startUrl": "https://other-{n}.awsapps.com/start", "region": "us-east-1", "accessToken": "{:x<700}", "expiresAt": "{end}"}}"#,
                "t"
            );
            match n % 2 {
                0 => self.write(&format!(".aws/cli/cache/{id}.json"), &role)?,
                _ => self.write(&format!(".aws/sso/cache/{id}.json"), &token)?,
            }
        }
        Ok(())
    }

    /// The environment: this home and its world, and nothing of the caller's AWS set-up.
    pub(crate) fn dress(&self, command: &mut Command) {
        clean(command);
        command.env("HOME", self.path()).env("TZ", "UTC").envs(self.sim.env());
        command.env("AWS_EC2_METADATA_DISABLED", "true");
    }

    /// Ours with these words.
    pub(super) fn sso(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.sso);
        command.args(words);
        self.dress(&mut command);
        command
    }

    /// Runs ours; it must succeed.
    pub(super) fn run(&self, words: &[&str]) -> Result<(), String> {
        super::spawn::once(self.sso(words)).map(drop)
    }

    /// Peak memory in KiB, if the program `time` is here.
    pub(super) fn peak_memory(&self, words: &[&str]) -> Option<u64> {
        let note = self.path().join("peak");
        let ours = self.sso(words);
        let mut command = Command::new("/usr/bin/time");
        command.args(["-f", "%M", "-o"]).arg(&note).arg(ours.get_program()).args(ours.get_args());
        self.dress(&mut command);
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.ok().filter(std::process::ExitStatus::success)?;
        std::fs::read_to_string(note).ok()?.trim().parse().ok()
    }
}

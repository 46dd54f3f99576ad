//! Runs a command with credentials of another program, which is asked again before they end. The program prints the JSON of
//! `credential_process`: `cargo run -p sso-endpoint --example run_with -- "my-keys --json" aws s3 ls`
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "an example is a program: it prints, and knows the time"
)]

use sso_core::{RoleCredentials, SecretAccessKey, SessionToken, Timestamp};
use sso_endpoint::{Answer, Door, Endpoint, Keeper, Refusal, Source, token_of};
use std::error::Error;
use std::process::Command;
use std::sync::Arc;

struct Program(String);

impl Source for Program {
    async fn renew(&self, _: Option<&RoleCredentials>) -> Answer {
        let told = |error: Box<dyn Error>| (503, "ProgramFailed".to_owned(), error.to_string());
        let refusal = |(status, code, message)| Refusal { status, code, message, temporary: true };
        self.ask().map_err(told).map_err(refusal)
    }
}

impl Program {
    fn ask(&self) -> Result<RoleCredentials, Box<dyn Error>> {
        let output = Command::new("sh").args(["-c", &self.0]).output()?;
        let json: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let found = |name: &str| json.get(name).and_then(|text| text.as_str());
        let text = |name: &str| found(name).map(str::to_owned).ok_or(format!("no {name}"));
        Ok(RoleCredentials {
            access_key_id: text("AccessKeyId")?,
            secret_access_key: SecretAccessKey::new(text("SecretAccessKey")?),
            session_token: SessionToken::new(text("SessionToken")?),
            expires_at: text("Expiration")?.parse()?,
            account_id: None,
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let program = Program(words.next().ok_or("usage: run_with PROGRAM COMMAND...")?);
    let mut command = Command::new(words.next().ok_or("usage: run_with PROGRAM COMMAND...")?);
    let endpoint = Endpoint::bind(0).await?;
    let token = token_of(rand::random());
    command.args(words).env("AWS_CONTAINER_AUTHORIZATION_TOKEN", token.expose());
    command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("http://127.0.0.1:{}/", endpoint.port()));
    let (keeper, asker) = Keeper::new(program, None, Arc::new(Timestamp::now));
    let doors = vec![Door { path: "/".into(), token, asker }];
    let ended = tokio::task::spawn_blocking(move || command.status());
    tokio::select! {
        never = endpoint.serve(doors, Arc::new(|event| eprintln!("{event:?}"))) => match never {},
        () = keeper.run() => Err("nobody can ask any more".into()),
        status = ended => if status??.success() { Ok(()) } else { Err("the command failed".into()) },
    }
}

//! Every client against everything that it and we share: a row is a promise, a cell is one client.
//!
//! `cargo xtask interop` prints the matrix; a cell that is not there has failed.

use crate::clients::{self, Client};
use crate::harness::{CORP, ROLE_FILE, TOKEN_FILE, World, in_minutes};
use crate::serve::Served;
use serde_json::{Value, json};
use sso_sim::TrustedRole;
use std::io::Write as _;

/// Names the file that cells are written to.
const VARIABLE: &str = "SSO_INTEROP_MATRIX";

/// How a cell ends, if it does not fail.
enum Cell {
    Works,
    /// The client cannot do it by itself, and this is why; that it is so was seen.
    Cannot(&'static str),
}
use Cell::{Cannot, Works};

/// One promise, tried with every client in a world of its own.
fn row(promise: &str, try_it: impl Fn(&World, &Client) -> Cell) {
    for client in clients::all(&format!("interop_matrix: {promise}")) {
        let world = World::corp(&format!("interop_matrix: {promise}: {}", client.name));
        let cell = try_it(&world, &client);
        let note = match cell {
            Works => None,
            Cannot(why) => Some(why),
        };
        let Some(path) = std::env::var_os(VARIABLE) else { continue };
        let line = json!({ "row": promise, "client": client.name, "version": client.version, "note": note });
        let file = std::fs::File::options().create(true).append(true).open(path);
        // One write a line: stories run side by side.
        file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes())).expect("a line is written");
    }
}

/// Asserts that the client is the role.
#[track_caller]
fn is(client: &Client, told: Result<Value, String>, role: &str) -> Value {
    let told = told.unwrap_or_else(|said| panic!("{}: {said}", client.name));
    let arn = told["arn"].as_str().unwrap_or_default();
    assert!(
        arn.contains(&format!("_{role}_")) || arn.contains(&format!("/{role}/")),
        "{}: {told}",
        client.name
    );
    told
}

/// Whoever needs role credentials then has to ask with the token.
fn forget_roles(world: &World) {
    for file in world.names(".aws/cli/cache") {
        // A folder of locks is no file.
        let _ = std::fs::remove_file(world.home().join(".aws/cli/cache").join(file));
    }
}

#[test]
fn our_login() {
    row("uses the token of `sso login` (browser)", |world, client| {
        world.sign_in();
        world.forget_requests();
        is(client, client.who(world, Some("dev")), "Admin");
        // Nothing is registered, refreshed or asked of a person.
        let asked = world.sim.journal().operations();
        assert_eq!(asked[..2], ["GetRoleCredentials", "GetCallerIdentity"], "{}", client.name);
        assert!(asked[2..].iter().all(|operation| operation == "GetRoleCredentials"), "{asked:?}");
        Works
    });
}

#[test]
fn our_login_by_code() {
    row("uses the token of `sso login --use-device-code`", |world, client| {
        world.sso(&["login", "--use-device-code"]).run().exits(0);
        is(client, client.who(world, Some("dev")), "Admin");
        Works
    });
}

#[test]
fn legacy_profiles() {
    row("uses our token with a legacy profile", |world, client| {
        world.config(
            "[profile old]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
             sso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = us-east-1\n",
        );
        world.sso(&["login", "--profile", "old"]).run().exits(0);
        is(client, client.who(world, Some("old")), "ReadOnly");
        Works
    });
}

/// The client renews what we wrote, and we go on with what it wrote.
#[test]
fn it_refreshes() {
    row("refreshes our token, and we go on with its", |world, client| {
        world.sign_in();
        let ours = world.json(TOKEN_FILE);
        world.token_ends_in(-5);
        world.forget_requests();
        is(client, client.who(world, Some("dev")), "Admin");
        assert_eq!(world.sim.journal().count_grant("refresh_token"), 1, "{}", client.name);
        let theirs = world.json(TOKEN_FILE);
        assert_ne!(ours["refreshToken"], theirs["refreshToken"], "the service rotates refresh tokens");
        world.sso(&["status"]).run().exits(0);
        world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
        assert_eq!(world.sim.journal().count_grant("refresh_token"), 1, "{}: its token is good", client.name);
        world.token_ends_in(-5);
        world.sso(&["refresh"]).run().exits(0);
        assert_eq!(
            world.sim.journal().count_grant("refresh_token"),
            2,
            "{}: and can be renewed",
            client.name
        );
        world.sso(&["logout"]).run().exits(0).says("Signed out of corp");
        Works
    });
}

#[test]
fn we_refresh() {
    row("goes on with a token that we refreshed", |world, client| {
        world.sign_in();
        is(client, client.who(world, Some("dev")), "Admin");
        world.token_ends_in(-5);
        world.sso(&["refresh"]).run().exits(0);
        forget_roles(world);
        is(client, client.who(world, Some("dev")), "Admin");
        assert_eq!(world.sim.journal().count_grant("refresh_token"), 1, "{}", client.name);
        Works
    });
}

/// The file as the client wrote it, cut at many places as a process leaves it that is killed in the middle.
#[test]
fn torn_files_of_its() {
    row("its token file, torn at any place, is told as torn", |world, client| {
        world.sign_in();
        world.token_ends_in(-5);
        is(client, client.who(world, Some("dev")), "Admin");
        // The AWS CLI keeps role credentials where we do.
        forget_roles(world);
        let whole = std::fs::read(world.home().join(TOKEN_FILE)).expect("it is there");
        for cut in [0, 1, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            world.write_private(TOKEN_FILE, String::from_utf8_lossy(&whole[..cut]).into_owned());
            let run = world.sso(&["credential-process", "--profile", "dev"]).run();
            run.exits(4).prints_nothing().says("error[T04]").says("sso login");
        }
        world.write_private(TOKEN_FILE, String::from_utf8_lossy(&whole).into_owned());
        world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
        Works
    });
}

/// Forms in which the client, or an older one of its kind, has written the file: all are read, and what it holds is kept.
#[test]
fn old_formats_of_its() {
    row("token files of its older versions are read", |world, client| {
        world.sign_in();
        let now = world.json(TOKEN_FILE);
        let end = in_minutes(300);
        let plain = end.trim_end_matches('Z');
        let forms: &[String] = &match client.name {
            // botocore before 2020 and the AWS CLI 2.0 wrote the zone as a word.
            "boto3" | "aws-cli" => vec![format!("{plain}UTC"), end.clone()],
            "js" => vec![format!("{plain}.000Z"), format!("{plain}.123Z")],
            _ => vec![end.clone(), format!("{plain}+00:00")],
        };
        for form in forms {
            let mut token = now.clone();
            token["expiresAt"] = form.as_str().into();
            world.write_private(TOKEN_FILE, token.to_string());
            let status = world.sso(&["status", "--json"]).plain().run().exits(0).json();
            assert_eq!(status["sessions"][0]["expiresAt"], end.as_str(), "{form}: {status}");
            assert_eq!(world.json(TOKEN_FILE)["expiresAt"], form.as_str(), "reading changes nothing");
            // Without what older versions did not know.
            let fields = token.as_object_mut().expect("an object");
            for name in ["clientId", "clientSecret", "registrationExpiresAt", "refreshToken"] {
                fields.remove(name);
            }
            world.write_private(TOKEN_FILE, token.to_string());
            world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
            forget_roles(world);
        }
        Works
    });
}

#[test]
fn our_config() {
    row("reads what `sso configure` and `populate` write", |world, client| {
        world.config("# mine\n");
        let words = "configure --yes --sso-session corp --sso-start-url https://corp.awsapps.com/start --sso-region \
                     us-east-1 --account-id 111122223333 --role-name Admin --region us-east-1 --output json \
                     --profile-name made --helper-profile made-tool";
        world.sso(&words.split_whitespace().collect::<Vec<_>>()).run().exits(0);
        world.sign_in_to("corp");
        is(client, client.who(world, Some("made")), "Admin");
        let populate = ["configure", "populate", "--sso-session", "corp", "--region", "us-east-1"];
        world.sso(&populate).run().exits(0);
        is(client, client.who(world, Some("dev-ReadOnly")), "ReadOnly");
        Works
    });
}

/// Names that people give their sessions and profiles.
#[test]
fn names() {
    row("names with blanks and letters of other scripts", |world, client| {
        world.config("");
        let (session, profile) = ("größe 1", "Übung zwei");
        let mut words = vec!["configure", "--yes", "--sso-session", session, "--profile-name", profile];
        words.extend(["--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-east-1"]);
        words.extend(["--account-id", "111122223333", "--role-name", "Admin", "--region", "us-east-1"]);
        words.extend(["--helper-profile", "tool"]);
        let run = world.sso(&words).run();
        run.exits(0)
            .says("The AWS SDKs overlook a session called")
            .says("The AWS SDKs overlook a profile called");
        world.sign_in_to(session);
        world.sso(&["whoami", "--profile", profile]).run().exits(0);
        let told = client.who(world, Some(profile));
        // Through us everybody can use it: the helper profile has a name that all read. The command needs our path here.
        let path = world.home().join(".aws/config");
        let config = std::fs::read_to_string(&path).expect("a config");
        let command = format!("credential_process = {} credential-process", env!("CARGO_BIN_EXE_sso"));
        world.config(&config.replace("credential_process = sso credential-process", &command));
        is(client, client.who(world, Some("tool")), "Admin");
        match told {
            Ok(_) => Works,
            Err(_) => Cannot("it overlooks such names, as `sso configure` warns; a helper profile serves it"),
        }
    });
}

#[test]
fn credential_process() {
    row("runs `credential_process = sso credential-process`", |world, client| {
        let program = env!("CARGO_BIN_EXE_sso");
        world.config(&format!(
            "{CORP}\n[profile tool]\nregion = us-east-1\ncredential_process = \"{program}\" credential-process --profile dev\n"
        ));
        let said = client.who(world, Some("tool")).expect_err("nobody is signed in");
        world.sign_in();
        world.forget_requests();
        let told = is(client, client.who(world, Some("tool")), "Admin");
        let cached = world.json(ROLE_FILE)["Credentials"]["AccessKeyId"].clone();
        assert!(told["key"].is_null() || told["key"] == cached, "{told}");
        is(client, client.who(world, Some("tool")), "Admin");
        assert_eq!(world.sim.journal().count("GetRoleCredentials"), 1, "the second came from the cache");
        // The JavaScript and Rust SDKs do not pass on what the command said.
        assert!(said.contains("sso login --profile dev") || ["js", "rust"].contains(&client.name), "{said}");
        Works
    });
}

#[test]
fn container_endpoint() {
    row("gets credentials inside `sso exec` (container endpoint)", |world, client| {
        world.sign_in();
        let way = client.way(world);
        let words: Vec<&str> = client.words.iter().map(String::as_str).collect();
        let exec = ["exec", "--profile", "dev", "--"];
        let run = way
            .variables(world)
            .iter()
            .fold(world.sso(&[&exec[..], &words].concat()), |sso, (name, value)| sso.env(name, value))
            .plain()
            .run();
        let told = run.exits(0).json();
        let arn = told["arn"].as_str().or(told["Arn"].as_str()).unwrap_or_default();
        assert!(arn.contains("_Admin_"), "{}: {told}", client.name);
        assert_eq!(world.sim.journal().count("GetRoleCredentials"), 1);
        Works
    });
}

#[test]
fn serve() {
    row("gets credentials from `sso serve`", |world, client| {
        world.sign_in();
        let served = Served::start(world, &[]);
        let (uri, token) = served.variables();
        let env = [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI".to_owned(), uri),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN".to_owned(), token),
            ("AWS_REGION".to_owned(), "us-east-1".to_owned()),
            ("AWS_DEFAULT_REGION".to_owned(), "us-east-1".to_owned()),
        ];
        is(client, client.run(world, &client.words, &env), "Admin");
        served.running.interrupt();
        served.running.finish().exits(130);
        Works
    });
}

#[test]
fn environment() {
    row("takes what `sso env` sets", |world, client| {
        world.sign_in();
        let env = world.sso(&["env", "--profile", "dev", "--format", "json"]).plain().run().exits(0).json();
        let set = env.as_object().expect("variables").iter();
        let set = set.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        is(client, client.run(world, &client.words, &set.collect::<Vec<_>>()), "Admin");
        Works
    });
}

#[test]
fn roles_that_are_assumed() {
    row("assumes a role with our session (role_arn, source_profile)", |world, client| {
        world.config(&format!("{CORP}{}", crate::role_chain::CHAIN));
        world
            .sim
            .trust(TrustedRole::new("arn:aws:iam::222233334444:role/team/Deploy").trusts("111122223333"));
        world.sign_in();
        let told = client.who(world, Some("deploy"));
        if let Err(said) = &told
            && client.name == "aws-cli"
        {
            assert!(said.contains("get_frozen_token"), "{said}");
            let tool = format!(
                "credential_process = {} credential-process --profile dev",
                env!("CARGO_BIN_EXE_sso")
            );
            let chain = crate::role_chain::CHAIN.replace("source_profile = dev", "source_profile = tool");
            world.config(&format!("{CORP}{chain}[profile tool]\nregion = us-east-1\n{tool}\n"));
            is(client, client.who(world, Some("deploy")), "Deploy");
            return Cannot(
                "a defect of this old version, which the botocore of boto3 does not have; a source_profile that runs us serves it",
            );
        }
        is(client, told, "Deploy");
        let ours = world.sso(&["credential-process", "--profile", "deploy"]).run().exits(0).json();
        assert_eq!(ours["Version"], 1);
        Works
    });
}

#[test]
fn logout() {
    row("has nothing after `sso logout`", |world, client| {
        world.sign_in();
        is(client, client.who(world, Some("dev")), "Admin");
        world.sso(&["logout"]).run().exits(0);
        let said = client.who(world, Some("dev")).expect_err("signed out");
        assert!(!said.is_empty(), "{}", client.name);
        Works
    });
}

/// What signs in by itself.
#[test]
fn its_login() {
    row("we use what it gets when it signs in", |world, client| {
        if client.name != "aws-cli" {
            return Cannot("it cannot sign in");
        }
        let login = [&client.words[0], "sso", "login", "--no-browser", "--sso-session", "corp"];
        let login: Vec<String> = login.iter().map(ToString::to_string).collect();
        let told = client.run(world, &login, &[]);
        told.unwrap_or_else(|said| panic!("{said}"));
        world.forget_requests();
        world.sso(&["status"]).run().exits(0);
        world.sso(&["whoami", "--profile", "dev"]).run().exits(0).prints("111122223333");
        // Its role credentials serve us, too: the cache is one.
        is(client, client.who(world, Some("dev")), "Admin");
        assert_eq!(world.sim.journal().count("GetRoleCredentials"), 1, "{}", world.sim.journal().summary());
        world.token_ends_in(-5);
        world.sso(&["refresh"]).run().exits(0);
        world.sso(&["logout"]).run().exits(0).says("Signed out of corp");
        Works
    });
}

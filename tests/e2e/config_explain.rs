//! `sso config explain`: where each value comes from, what it overrides, who reads it otherwise. From the files alone.

use crate::harness::{CORP, Run, World};
use serde_json::Value;

/// A run for people, of a world without requests.
fn explain(world: &World, profile: &str) -> Run {
    let run = world.sso(&["config", "explain", "--profile", profile]).plain().run();
    assert_eq!(run.exits(0).err(), "");
    world.made_requests(0);
    let wide = |line: &&str| line.chars().count() > 80;
    let out = run.out();
    assert_eq!(out.lines().find(wide), None, "lines fit 80 columns:\n{out}");
    run
}

fn told(world: &World, profile: &str) -> Value {
    world.sso(&["config", "explain", "--json", "--profile", profile]).run().exits(0).json()
}

/// A value of the JSON document.
fn value<'a>(told: &'a Value, key: &str) -> &'a Value {
    let values = told["values"].as_array().expect("a list");
    values.iter().find(|value| value["key"] == key).unwrap_or_else(|| panic!("{key} in {told}"))
}

fn file(world: &World, name: &str) -> String {
    world.home().join(name).display().to_string()
}

#[test]
fn a_plain_profile() {
    let world = World::corp("config explain: a plain profile");
    let expected = "\
profile dev                                          ~/.aws/config:6
  sso_session              corp                      :7
  sso_account_id           111122223333              :8
  sso_role_name            Admin                     :9
  region                   us-east-1                 :10
  sso_start_url            https://corp.awsapps.co…  :2  from [sso-session corp]
  sso_region               us-east-1                 :3  from [sso-session corp]
  sso_registration_scopes  sso:account:access        :4  from [sso-session corp]
  credentials              SSO                       :8
";
    assert_eq!(explain(&world, "dev").out(), expected);
}

#[test]
fn json() {
    let world = World::corp("config explain: json");
    let told = told(&world, "dev");
    assert_eq!((&told["profile"], &told["chosenBy"]), (&"dev".into(), &"--profile".into()));
    assert_eq!(told["headers"][0]["line"], 6);
    assert_eq!((&told["session"]["name"], &told["session"]["at"]["line"]), (&"corp".into(), &7.into()));
    let url = value(&told, "sso_start_url");
    assert_eq!(url["value"], "https://corp.awsapps.com/start");
    assert_eq!((&url["at"]["file"], &url["at"]["line"]), (&file(&world, ".aws/config").into(), &2.into()));
    assert_eq!(url["at"]["section"], "[sso-session corp]");
    assert_eq!(
        (&told["credentials"]["source"]["kind"], &told["errors"]),
        (&"sso".into(), &Value::Array(vec![]))
    );
    let region =
        world.sso(&["config", "explain", "--json", "--profile", "dev"]).env("AWS_REGION", "eu-west-3").run();
    let variables = region.exits(0).json()["variables"].clone();
    let region = variables.as_array().expect("a list").iter().find(|one| one["key"] == "region");
    assert_eq!(region.expect("it is set")["value"], "eu-west-3");
}

/// The named case: the comment and all.
#[test]
fn a_comment_after_a_value() {
    let world = World::with("config explain: sso_refresh_window = 43200  # 12 hours", World::sim());
    let window = "sso_refresh_window = 43200  # 12 hours";
    world.config(&CORP.replace("[profile dev]", &format!("{window}\n[profile dev]")));
    let run = explain(&world, "dev");
    run.prints("sso_refresh_window").prints("AWS CLI reads \"43200  # 12 hours\", SDKs read \"43200\"");
    let told = told(&world, "dev");
    let found = value(&told, "sso_refresh_window");
    assert_eq!((&found["value"], &told["errors"]), (&"43200".into(), &Value::Array(vec![])), "{told}");
    let reading = &found["readings"][0];
    assert_eq!((&reading["reader"], &reading["value"]), (&"aws-cli".into(), &"43200  # 12 hours".into()));
    assert_eq!(reading["cause"], "inline-comment");
    // And it is usable.
    world.sign_in();
    world.sso(&["status"]).run().exits(0);
    // The difference shows, however long the value.
    let path = "a".repeat(70);
    world.config(&format!("[profile long]\nca_bundle = /{path}.pem # ours\n"));
    let run = world.sso(&["config", "explain", "--profile", "long"]).plain().run();
    run.exits(0).prints("a.pem # ours\"").prints("aaa.pem\"");
}

#[test]
fn legacy_both_and_broken_profiles() {
    let world =
        World::with("config explain: legacy, inline and session, dangling, missing keys", World::sim());
    world.config(
        "[profile legacy]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
         sso_account_id = 111122223333\nsso_role_name = Admin\n\
         [profile both]\nsso_session = corp\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
         [sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
         [profile dangling]\nsso_session = crop\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
         [profile half]\nsso_start_url = https://corp.awsapps.com/start\nsso_account_id = 1\n\
         [profile window]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\nsso_refresh_window = soon\n",
    );
    let run = explain(&world, "legacy");
    run.prints("https://corp.awsapps.com/start").prints(":2");
    assert!(!run.out().contains("from ["), "{}", run.out());
    let run = explain(&world, "both");
    run.prints("overrides \"eu-west-1\" in line 8 (a session goes before its profile)");
    run.prints("! sso_region has two values").prints("fix: delete the line ~/.aws/config:8");
    let both = told(&world, "both");
    let region = value(&both, "sso_region");
    assert_eq!(
        (&region["value"], &region["overrides"][0]["value"]),
        (&"us-east-1".into(), &"eu-west-1".into())
    );
    assert_eq!(region["overrides"][0]["because"], "session");
    assert_eq!(both["errors"][0]["code"], "C07");
    let run = explain(&world, "dangling");
    run.prints("! There is no sso-session \"crop\"").prints("near: corp").prints("111122223333");
    explain(&world, "half").prints("! sso_role_name and sso_region are missing");
    explain(&world, "window").prints("\"soon\" is not a number of seconds");
    assert_eq!(told(&world, "dangling")["errors"][0]["code"], "C04");
}

#[test]
fn the_credentials_file_and_static_keys_beside_sso() {
    let world = World::corp("config explain: credentials file, static keys beside sso");
    let credentials = "\n[dev]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hunter2hunter2\nregion = eu-west-1\n";
    world.write(".aws/credentials", credentials);
    let run = explain(&world, "dev");
    run.prints("overrides \"us-east-1\" in line 10 (the credentials file goes before)");
    run.prints("wins over static keys in ~/.aws/credentials:3")
        .prints("(secret)")
        .prints("~/.aws/credentials:5");
    let told = told(&world, "dev");
    let secret = value(&told, "aws_secret_access_key");
    assert_eq!((&secret["value"], &secret["secret"]), (&Value::Null, &true.into()));
    let over = &told["credentials"]["over"][0];
    assert_eq!((&over["kind"], &over["at"]["line"]), (&"static-keys-in-credentials".into(), &3.into()));
    for text in [run.out(), told.to_string()] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    let run = world.sso(&["config", "explain", "--profile", "dev"]).env("AWS_ACCESS_KEY_ID", "AKIA").run();
    run.exits(0).prints("! AWS_ACCESS_KEY_ID is set");
}

/// A secret does not come out of the wrong place either.
#[test]
fn secrets_in_odd_places() {
    let world = World::with("config explain: secrets in odd places", World::sim());
    world.config(
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
         aws_session_token = hunter2-a\n\
         [profile a]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\noutput = json\n  aws_secret_access_key = hunter2-b\n\
         AWS_Secret_Access_Key = hunter2-c # hunter2-d\naws_secret_access_key : hunter2-e=hunter2-f\n\
         aws_session_token = hunter2-g\naws_session_token = hunter2-h\n",
    );
    let run = explain(&world, "a");
    run.prints("not a key of its own").prints("aws_session_token has two values");
    for run in [run, world.sso(&["config", "explain", "--json", "--profile", "a"]).run()] {
        assert!(!run.out().contains("hunter2"), "{}", run.out());
    }
}

#[test]
fn duplicates_and_names_that_others_do_not_read() {
    let world = World::with("config explain: duplicate keys, names that are not portable", World::sim());
    world.config(
        "[profile a]\nregion = one\nregion = two\n[profile \"my dev\"]\nregion = x\n[profile caf\u{e9}]\nregion = y\n\
         [profile c]\nregion = z\n",
    );
    let run = explain(&world, "a");
    run.prints("overrides \"one\" in line 2 (the last line holds)").prints("AWS CLI refuses the whole file");
    assert_eq!(run.out().matches("refuses").count(), 1, "{}", run.out());
    explain(&world, "my dev").prints("! SDKs do not see the profile: the name is quoted (line 4)");
    explain(&world, "caf\u{e9}").prints("! SDKs do not see the profile: the name has characters outside");
    // One bad line anywhere, and the AWS CLI reads nothing.
    explain(&world, "c").prints("! AWS CLI refuses ~/.aws/config: the key stands in the section already");
    assert_eq!(told(&world, "c")["problems"][0]["cause"], "duplicate-key");
}

#[test]
fn which_profile() {
    let world = World::corp("config explain: who chose the profile, near names");
    let at = |name: &str, profile: &str| world.sso(&["config", "explain"]).plain().env(name, profile).run();
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        let run = at(variable, "dev");
        run.exits(0).prints("profile dev").prints(&format!("chosen by {variable}"));
    }
    let run = at("AWS_PROFILE", "dve");
    run.exits(3).prints_nothing().says("There is no profile \"dve\"").says("AWS_PROFILE").says("near:");
    run.says("sso config explain --profile dev");
    let run = world.sso(&["config", "explain"]).plain().run();
    run.exits(0).prints("profile default").prints("written in no file").prints("credentials").prints("none");
    world.config(&format!("{CORP}[Default]\nregion = x\n"));
    world.sso(&["config", "explain"]).run().exits(0).prints("No section is read as the default profile");
    world.sso(&["config", "explain", "--sso-session", "corp"]).run().exits(2);
    world.sso(&["config"]).run().exits(2);
    world.config("[profile a\n");
    world.sso(&["config", "explain", "--profile", "a"]).run().exits(3).says("~/.aws/config:1");
}

/// Long and hostile texts are cut and tamed for people, and whole for programs.
#[test]
fn eighty_columns() {
    let world = World::with("config explain: 80 columns, hostile texts", World::sim());
    let long = "x".repeat(3000);
    let key = "k".repeat(200);
    world.config(&format!(
        "[profile {long}]\n[profile a]\n{key} = {long}\nregion = \u{1b}]0;owned\u{7}\u{202e}\nwide = {}\n\
         words = {} # comment\ncredential_process = p\n[sso-session s]\n",
        "\u{6f22}".repeat(100),
        "word ".repeat(100),
    ));
    world.write(".aws/credentials", "[a]\naws_access_key_id = k\n");
    let run = world.sso(&["config", "explain", "--profile", "a"]).plain().run();
    run.exits(0).prints("…").prints("\\u{1b}]0;owned\\u{7}");
    let columns = |line: &str| line.chars().map(|c| if c == '\u{6f22}' { 2 } else { 1 }).sum::<usize>();
    let out = run.out();
    assert!(out.lines().all(|line| columns(line) <= 80), "{out}");
    assert!(!out.contains('\u{1b}'), "{out}");
    let told = told(&world, "a");
    assert_eq!(value(&told, &key)["value"], long.as_str());
    assert_eq!(value(&told, "region")["value"], "\u{1b}]0;owned\u{7}\u{202e}");
}

//! Every JSON document that a story's run prints, against docs/schemas.
//!
//! Stricter than a schema has to be: whoever reads a document lets unknown fields pass, here they are a mistake of the schema.
//! Only the words of the standard are known that our schemas use; another one is a mistake, too, and not passed over.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::OnceLock;

/// Commands, and the schema of what each prints on stdout with `--json`; none: it is another's.
const COMMANDS: [(&str, Option<&str>); 20] = [
    ("login", Some("login")),
    ("logout", Some("logout")),
    ("refresh", Some("refresh")),
    ("status", Some("status")),
    ("credential-process", Some("credential-process")),
    ("get-credentials", Some("credential-process")),
    ("exec", None),
    ("serve", Some("serve")),
    ("env", Some("env")),
    ("console", Some("console")),
    ("whoami", Some("whoami")),
    ("accounts", Some("accounts")),
    ("roles", Some("roles")),
    ("profiles", Some("profiles")),
    ("config", Some("config-explain")),
    ("configure", Some("configure")),
    ("discover", Some("discover")),
    ("completions", Some("completions")),
    ("shell-init", Some("shell-init")),
    ("doctor", Some("doctor")),
];

/// What makes another document of it: a command, a word behind it, and what the word adds to the name.
const VARIANTS: [(&str, &str, &str); 13] = [
    ("login", "--all", "-all"),
    ("refresh", "--watch", "-watch"),
    ("status", "--prompt", "-prompt"),
    ("profiles", "--pick", "-pick"),
    ("configure", "session", "-session"),
    ("configure", "populate", "-populate"),
    ("discover", "instances", "-instances"),
    ("discover", "accounts", "-accounts"),
    ("discover", "permission-sets", "-permission-sets"),
    ("discover", "assignments", "-assignments"),
    ("discover", "--why", "-why"),
    ("doctor", "--list", "-list"),
    ("doctor", "--explain", "-explain"),
];

/// The schema of a failure, whatever the command.
const FAILURE: &str = "failure";

/// What a run is to print.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expected {
    /// Its schema; none: only failures are ours.
    schema: Option<String>,
    /// It goes on after the first one, and the last one may be the failure that it ends with.
    several: bool,
    /// Nothing, when it fails.
    or_nothing: bool,
}

/// By what is typed after `sso`; none if no JSON is asked for.
pub(super) fn expected(args: &[OsString]) -> Option<Expected> {
    let words: Vec<String> = args.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).take_while(|word| *word != "--").collect();
    let has = |word: &str| {
        words
            .iter()
            .any(|one| *one == word || one.strip_prefix(word).is_some_and(|rest| rest.starts_with('=')))
    };
    let (command, schema) = words
        .iter()
        .find_map(|word| COMMANDS.iter().find(|(name, _)| name == word))
        .copied()
        .unwrap_or_default();
    let helper = schema == Some("credential-process");
    let variables =
        command == "env" && (has("--format=json") || words.windows(2).any(|two| two == ["--format", "json"]));
    let help = ["--help", "-h", "--version", "-V"].into_iter().any(has);
    if help
        || words.first().is_some_and(|word| word.starts_with("__"))
        || !(has("--json") || helper || variables)
    {
        return None;
    }
    let more = VARIANTS.iter().filter(|(of, word, _)| *of == command && has(word)).map(|(.., more)| *more);
    Some(Expected {
        schema: schema.map(|schema| [schema].into_iter().chain(more).collect()),
        several: command == "serve" || command == "refresh" && has("--watch"),
        or_nothing: helper || command == "env",
    })
}

impl Expected {
    /// The names of the schemas that the documents on stdout are of. A run that was killed may have printed a part of them.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn check(&self, stdout: &[u8], code: Option<i32>) -> Result<Vec<String>, String> {
        let read: Result<Vec<Value>, _> = serde_json::Deserializer::from_slice(stdout).into_iter().collect();
        let documents = match (read, &self.schema, code) {
            (Ok(documents), ..) => documents,
            (Err(_), None, _) | (Err(_), _, None) => return Ok(Vec::new()),
            (Err(error), ..) => return Err(format!("no JSON: {error}")),
        };
        let right = match (documents.len(), code) {
            _ if self.several || self.schema.is_none() => true,
            (1, _) | (0, None) => true,
            (0, Some(code)) => self.or_nothing && code != 0,
            _ => false,
        };
        if !right {
            return Err(format!("{} documents", documents.len()));
        }
        let of = |document: &Value| match (&self.schema, is_failure(document)) {
            (_, true) => Some(FAILURE.to_owned()),
            (schema, false) => schema.clone(),
        };
        let mut used = Vec::new();
        for document in &documents {
            let Some(name) = of(document) else { continue };
            let schema = all().get(&name).ok_or_else(|| format!("docs/schemas has no {name}.json"))?;
            let faults = faults(document, schema);
            if !faults.is_empty() {
                return Err(format!(
                    "docs/schemas/{name}.json does not allow it:\n  {}",
                    faults.join("\n  ")
                ));
            }
            used.push(name);
        }
        Ok(used)
    }
}

fn is_failure(document: &Value) -> bool {
    document.as_object().is_some_and(|fields| fields.len() == 1 && fields.contains_key("error"))
}

/// The schemas of docs/schemas by their names.
pub(crate) fn all() -> &'static BTreeMap<String, Value> {
    static ALL: OnceLock<BTreeMap<String, Value>> = OnceLock::new();
    ALL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
        let files = folder.read_dir().expect("docs/schemas").map(|entry| entry.expect("an entry").path());
        let schemas = files.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
        let read = |path: std::path::PathBuf| {
            let text = std::fs::read_to_string(&path).expect("a schema");
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, serde_json::from_str(&text).expect("JSON"))
        };
        schemas.map(read).collect()
    })
}

/// Everything in the document that the schema does not allow, each with its place.
pub(crate) fn faults(document: &Value, schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Checker { root: schema }.check("", document, schema, &mut found);
    found
}

struct Checker<'s> {
    root: &'s Value,
}

impl Checker<'_> {
    fn check(&self, at: &str, value: &Value, schema: &Value, found: &mut Vec<String>) {
        for (word, says) in schema.as_object().expect("a schema is an object") {
            match word.as_str() {
                "$schema" | "$comment" | "$defs" | "title" | "description" | "required" => {}
                "items" => {
                    for (number, one) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(&format!("{at}/{number}"), one, says, found);
                    }
                }
                "properties" => self.fields(at, value, schema, says.as_object().expect("fields"), found),
                "$ref" => {
                    let place = says.as_str().and_then(|text| text.strip_prefix('#'));
                    let target = place.and_then(|place| self.root.pointer(place));
                    self.check(at, value, target.expect("it is there"), found);
                }
                "anyOf" | "oneOf" => self.one_of(at, value, word, says.as_array().expect("schemas"), found),
                word => found.extend(wrong(value, word, says).map(|what| format!("{at}: {value} {what}"))),
            }
        }
    }

    fn fields(
        &self,
        at: &str,
        value: &Value,
        schema: &Value,
        known: &Map<String, Value>,
        found: &mut Vec<String>,
    ) {
        let Some(fields) = value.as_object() else { return };
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                found.push(format!("{at}: {name} is not there"));
            }
        }
        for (name, field) in fields {
            match known.get(name) {
                Some(schema) => self.check(&format!("{at}/{name}"), field, schema, found),
                None => found.push(format!("{at}: {name} is not known")),
            }
        }
    }

    fn one_of(&self, at: &str, value: &Value, word: &str, schemas: &[Value], found: &mut Vec<String>) {
        let tried: Vec<Vec<String>> = schemas
            .iter()
            .map(|schema| {
                let mut faults = Vec::new();
                self.check(at, value, schema, &mut faults);
                faults
            })
            .collect();
        match tried.iter().filter(|faults| faults.is_empty()).count() {
            0 => found.push(format!("{at}: {value} is none of {} ways: {tried:?}", schemas.len())),
            1 => {}
            _ if word == "anyOf" => {}
            many => found.push(format!("{at}: {value} is {many} of what it may be one of")),
        }
    }
}

/// What is wrong with the value by a word that looks at it alone.
fn wrong(value: &Value, word: &str, says: &Value) -> Option<String> {
    let (right, what) = match word {
        "type" => {
            let kinds = says.as_array().map_or(std::slice::from_ref(says), Vec::as_slice);
            (kinds.iter().any(|kind| is_a(value, kind.as_str().expect("a type"))), "is not of the type")
        }
        "enum" => (says.as_array().expect("values").contains(value), "is none of"),
        "const" => (says == value, "is not"),
        "minimum" => (!value.is_number() || value.as_f64() >= says.as_f64(), "is below"),
        "maximum" => (!value.is_number() || value.as_f64() <= says.as_f64(), "is above"),
        "format" => match says.as_str().expect("a name") {
            "date-time" => (value.as_str().is_none_or(is_time), "is not a"),
            // How large the number is in the program; the limits are said beside it.
            "uint" | "uint8" | "uint16" | "uint32" => (true, ""),
            other => panic!("the format {other} is not known here"),
        },
        other => panic!("{other:?} is not known here"),
    };
    (!right).then(|| format!("{what} {says}"))
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the type {other} is not known here"),
    }
}

/// As all our times are: `YYYY-MM-DDTHH:MM:SSZ`.
fn is_time(text: &str) -> bool {
    let like = |c: char, shape: char| if shape == '0' { c.is_ascii_digit() } else { c == shape };
    let shape = "0000-00-00T00:00:00Z";
    text.len() == shape.len()
        && text.chars().zip(shape.chars()).all(|(c, shape)| like(c, shape))
        && text.parse::<jiff::Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_schema_does_not_allow() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "at": { "type": "string", "format": "date-time" },
                "word": { "anyOf": [{ "$ref": "#/$defs/Word" }, { "type": "null" }] },
                "count": { "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 },
                "list": { "type": "array", "items": { "type": ["string", "null"] } },
            },
            "required": ["at", "word"],
            "$defs": { "Word": { "oneOf": [{ "const": "one", "type": "string" }, { "enum": ["two", "three"] }] } },
        });
        let good = json!({ "at": "2026-11-26T12:00:00Z", "word": "two", "count": 7, "list": ["a", null] });
        assert_eq!(faults(&good, &schema), [""; 0]);
        for (place, value, said) in [
            ("at", json!("2026-11-26 12:00:00"), "/at: \"2026-11-26 12:00:00\" is not a \"date-time\""),
            ("at", json!("2026-13-26T12:00:00Z"), "/at: \"2026-13-26T12:00:00Z\" is not a \"date-time\""),
            ("at", json!(1), "/at: 1 is not of the type \"string\""),
            ("at", Value::Null, "/at: null is not of the type \"string\""),
            ("count", json!(256), "/count: 256 is above 255"),
            ("count", json!(-1), "/count: -1 is below 0"),
            ("count", json!(1.5), "/count: 1.5 is not of the type \"integer\""),
            ("list", json!(["a", 1]), "/list/1: 1 is not of the type [\"string\",\"null\"]"),
            ("more", json!(1), ": more is not known"),
        ] {
            let mut bad = good.clone();
            bad[place] = value;
            assert_eq!(faults(&bad, &schema), [said]);
        }
        let mut bad = good.clone();
        bad["word"] = json!("four");
        assert!(faults(&bad, &schema)[0].starts_with("/word: \"four\" is none of 2 ways"));
        let mut bad = good;
        bad.as_object_mut().expect("an object").remove("word");
        assert_eq!(faults(&bad, &schema), [": word is not there"]);
    }

    #[test]
    fn by_the_command_line() {
        let schema = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            expected(&args).map(|expected| expected.schema.unwrap_or_else(|| "none".to_owned()))
        };
        for (line, name) in [
            ("status --json", Some("status")),
            ("status", None),
            ("--json nonsense", Some("none")),
            ("-q login --all --json", Some("login-all")),
            ("credential-process --profile login", Some("credential-process")),
            ("get-credentials", Some("credential-process")),
            ("env --format json", Some("env")),
            ("env --format=json", Some("env")),
            ("env --format sh", None),
            ("exec --json -- status --json", Some("none")),
            ("exec -- status --json", None),
            ("discover assignments --why=dev --json", Some("discover-assignments-why")),
            ("configure sso --json", Some("configure")),
            ("configure populate --json --help", None),
            ("doctor --explain C01 --json", Some("doctor-explain")),
        ] {
            assert_eq!(schema(line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn how_many_and_whole() {
        let expected = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            expected(&args).expect("JSON")
        };
        let script = br#"{ "script": "x" }"#;
        let failure =
            br#"{ "error": { "code": "C02", "exit": 3, "message": "m", "notes": [], "fix": null } }"#;
        let one = expected("completions bash --json");
        assert_eq!(one.check(script, Some(0)), Ok(vec!["completions".to_owned()]));
        assert_eq!(one.check(failure, Some(3)), Ok(vec![FAILURE.to_owned()]));
        assert_eq!(one.check(b"{", None), Ok(Vec::new()), "it was killed");
        for (bad, code) in
            [(&[&script[..], &script[..]].concat()[..], 0), (b"", 0), (b"", 1), (b"{", 0), (b"{}", 0)]
        {
            assert!(one.check(bad, Some(code)).is_err(), "{:?}", String::from_utf8_lossy(bad));
        }
        let wrong = br#"{ "error": { "code": "C99", "exit": 0, "message": "m", "notes": [], "fix": null } }"#;
        let said = one.check(wrong, Some(1)).expect_err("no such code and exit code");
        assert!(said.contains("/error/code") && said.contains("/error/exit"), "{said}");
        let helper = expected("credential-process");
        assert!(helper.check(b"", Some(1)).is_ok() && helper.check(b"", Some(0)).is_err());
        assert_eq!(expected("exec --json").check(b"no JSON", Some(0)), Ok(Vec::new()));
    }
}

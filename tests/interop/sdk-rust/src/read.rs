//! What the SDK reads in the config that the environment names: every profile and session with those keys that are wanted, and
//! the region that it resolves for each profile.

use aws_config::profile::ProfileFileRegionProvider;
use aws_types::os_shim_internal::{Env, Fs};
use serde_json::{Map, Value, json};

pub async fn read(wanted: Vec<String>) -> Value {
    let files = Default::default();
    let set =
        aws_config::profile::load(&Fs::real(), &Env::real(), &files, None).await.expect("it can be read");
    let keys = |get: &dyn Fn(&str) -> Option<String>| -> Value {
        let found = wanted.iter().filter_map(|key| Some((key.clone(), get(key)?.into())));
        found.collect::<Map<String, Value>>().into()
    };
    let (mut profiles, mut regions, mut sessions) = (Map::new(), Map::new(), Map::new());
    for name in set.profiles() {
        let profile = set.get_profile(name).expect("it was listed");
        profiles.insert(name.into(), keys(&|key| profile.get(key).map(str::to_owned)));
        let provider = ProfileFileRegionProvider::builder().profile_name(name).build();
        let region = aws_config::meta::region::ProvideRegion::region(&provider).await;
        regions.insert(name.into(), region.map(|region| region.to_string()).into());
    }
    for name in set.sso_sessions() {
        let session = set.sso_session(name).expect("it was listed");
        sessions.insert(name.into(), keys(&|key| session.get(key).map(str::to_owned)));
    }
    json!({ "profiles": profiles, "sessions": sessions, "regions": regions })
}

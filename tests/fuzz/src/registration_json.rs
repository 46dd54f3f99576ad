//! Target: the file of a client registration. Input: its bytes.
//!
//! It is one or it is damaged, and why it is damaged tells nothing of it. Kept again it is the same, in whole seconds.

use crate::scratch::{content, home, put};
use crate::secrets::{silent, silent_text};
use sso_cache::{CacheDirs, FileStore};
use sso_core::{
    ClientRegistration, Lookup, Region, RegistrationKey, RegistrationStore as _, SessionName, StartUrl,
    Timestamp, format_timestamp,
};

/// Runs the target.
pub fn registration_json(data: &[u8]) {
    let store = FileStore::open_with(CacheDirs::below(&home()), |_| ());
    let key = RegistrationKey {
        session: Some(SessionName::new("registration")),
        start_url: StartUrl::new("https://corp.awsapps.com/start"),
        region: Region::parse("eu-west-1").expect("a region"),
        scopes: None,
    };
    let path = store.registration_path(&key);
    put(&path, data);
    match store.load_registration(&key).expect("a file that can be read") {
        Lookup::Found(found) => {
            if !found.client_id.contains(crate::secrets::CANARY)
                && !found.scopes.iter().any(|scope| scope.contains(crate::secrets::CANARY))
            {
                silent(&found);
            }
            for now in [Timestamp::MIN, Timestamp::MAX] {
                let _ = found.usable(now);
            }
            let keep = |registration: &ClientRegistration| {
                store.save_registration(&key, registration).expect("kept");
                let again = store.load_registration(&key).expect("readable");
                let Lookup::Found(again) = again else { panic!("what we write we read: {again:?}") };
                (again, content(&path))
            };
            let (again, first) = keep(&found);
            assert_eq!(in_seconds(&again), in_seconds(&found));
            assert_eq!(first, keep(&again).1, "kept twice");
            assert!(first.is_ascii(), "as Python writes it");
        }
        Lookup::Damaged(damage) => silent_text(&format!("{damage} {damage:?}")),
        Lookup::Absent => panic!("it is there"),
    }
}

/// The registration with its end as the file can say it.
fn in_seconds(registration: &ClientRegistration) -> (ClientRegistration, String) {
    let end = format_timestamp(registration.expires_at);
    (ClientRegistration { expires_at: Timestamp::UNIX_EPOCH, ..registration.clone() }, end)
}

//! Large secrets in a store whose items are small: Windows takes 2,560 bytes, and a refresh token with its client's secret
//! has more.
//!
//! The item under the name is the head: the secret itself, or how many parts there are and of which generation. Parts are
//! written first, under names of a new generation, then the head: so at any moment the head names whole parts, and replacing
//! it is the moment of change. The parts before it are removed afterwards.

use crate::vault::{Vault, VaultError};
use sso_core::StoredSecret;
use zeroize::Zeroizing;

/// The head of a secret that is in one piece: the secret follows.
const WHOLE: &str = "whole ";
/// The head of a secret in parts: `parts GENERATION COUNT`.
const PARTS: &str = "parts ";
/// No token is as large. A head that names more was not written by us, and is not counted out.
const MOST_PARTS: usize = 1_024;

/// A vault that cuts what is too large for the one below.
pub struct Chunked<V> {
    vault: V,
    most: usize,
}

/// Which parts a head names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts {
    generation: u32,
    count: u32,
}

enum Head {
    Whole(StoredSecret),
    Parts(Parts),
}

impl<V: Vault> Chunked<V> {
    /// Items of at most so many bytes, but 64 at least.
    #[must_use]
    pub fn new(vault: V, most: usize) -> Self {
        Self { vault, most: most.max(64) }
    }

    fn head(&self, name: &str) -> Result<Option<Head>, VaultError> {
        self.vault.get(name)?.map(|head| parse(head.expose())).transpose()
    }

    /// All parts, or nothing if one is missing.
    fn joined(&self, name: &str, parts: Parts) -> Result<Option<StoredSecret>, VaultError> {
        let mut found = Vec::new();
        for part in names(name, parts) {
            let Some(part) = self.vault.get(&part)? else { return Ok(None) };
            found.push(part);
        }
        // Room for all of it at once: a text that grows leaves copies behind.
        let mut text =
            String::with_capacity(found.iter().map(|part: &StoredSecret| part.expose().len()).sum());
        found.iter().for_each(|part| text.push_str(part.expose()));
        Ok(Some(StoredSecret::new(text)))
    }

    /// The parts of a head that is to be replaced. One that cannot be read names none.
    fn old(&self, name: &str) -> Result<Option<Parts>, VaultError> {
        match self.head(name) {
            Ok(Some(Head::Parts(parts))) => Ok(Some(parts)),
            Ok(_) | Err(VaultError::Damaged(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Best effort: what stays is a piece that no head names.
    fn drop_parts(&self, name: &str, parts: Option<Parts>) {
        for part in parts.iter().flat_map(|parts| names(name, *parts)) {
            let _ = self.vault.delete(&part);
        }
    }
}

impl<V: Vault> Vault for Chunked<V> {
    fn get(&self, name: &str) -> Result<Option<StoredSecret>, VaultError> {
        let mut parts = match self.head(name)? {
            None => return Ok(None),
            Some(Head::Whole(secret)) => return Ok(Some(secret)),
            Some(Head::Parts(parts)) => parts,
        };
        loop {
            if let Some(secret) = self.joined(name, parts)? {
                return Ok(Some(secret));
            }
            // Who reads holds no lock: somebody may have replaced it since the head was read.
            parts = match self.head(name)? {
                Some(Head::Parts(now)) if now == parts => {
                    return Err(VaultError::Damaged("a part of it is missing"));
                }
                Some(Head::Parts(now)) => now,
                Some(Head::Whole(secret)) => return Ok(Some(secret)),
                None => return Ok(None),
            };
        }
    }

    fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError> {
        let old = self.old(name)?;
        let text = secret.expose();
        if text.len() + WHOLE.len() <= self.most {
            self.vault.set(name, &StoredSecret::new(format!("{WHOLE}{text}")))?;
        } else {
            let pieces = cut(text, self.most);
            if pieces.len() > MOST_PARTS {
                return Err(VaultError::Failed("the secret is too large".to_owned()));
            }
            let generation = old.map_or(0, |old| old.generation.wrapping_add(1));
            let parts = Parts { generation, count: u32::try_from(pieces.len()).unwrap_or(u32::MAX) };
            for (part, piece) in names(name, parts).zip(&pieces) {
                self.vault.set(&part, &StoredSecret::new(piece.to_string()))?;
            }
            let head = format!("{PARTS}{} {}", parts.generation, parts.count);
            self.vault.set(name, &StoredSecret::new(head))?;
        }
        self.drop_parts(name, old);
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<bool, VaultError> {
        let old = self.old(name)?;
        let there = self.vault.delete(name)?;
        self.drop_parts(name, old);
        Ok(there)
    }
}

fn parse(head: &str) -> Result<Head, VaultError> {
    if let Some(secret) = head.strip_prefix(WHOLE) {
        return Ok(Head::Whole(StoredSecret::new(secret.to_owned())));
    }
    let numbers = head.strip_prefix(PARTS).and_then(|rest| rest.split_once(' '));
    let parts = numbers.and_then(|(generation, count)| {
        Some(Parts { generation: generation.parse().ok()?, count: count.parse().ok()? })
    });
    let ours = parts.filter(|parts| usize::try_from(parts.count).is_ok_and(|count| count <= MOST_PARTS));
    ours.map(Head::Parts).ok_or(VaultError::Damaged("it was not written by sso"))
}

fn names(name: &str, parts: Parts) -> impl Iterator<Item = String> {
    (0..parts.count).map(move |part| format!("{name} ({}.{part})", parts.generation))
}

/// Pieces of at most so many bytes, cut between characters.
fn cut(text: &str, most: usize) -> Vec<Zeroizing<String>> {
    let mut pieces = vec![Zeroizing::new(String::new())];
    for character in text.chars() {
        match pieces.last_mut() {
            Some(piece) if piece.len() + character.len_utf8() <= most => piece.push(character),
            _ => pieces.push(Zeroizing::new(character.to_string())),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InMemory;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn secret(text: &str) -> StoredSecret {
        StoredSecret::new(text.to_owned())
    }

    /// Fails at the n-th change, as a process that is killed there would.
    struct Failing(Arc<InMemory>, std::sync::Mutex<u32>);

    impl Failing {
        fn step(&self) -> Result<(), VaultError> {
            let mut left = self.1.lock().expect("no panic");
            *left = left.checked_sub(1).ok_or(VaultError::Locked)?;
            Ok(())
        }
    }

    impl Vault for Failing {
        fn get(&self, name: &str) -> Result<Option<StoredSecret>, VaultError> {
            self.0.get(name)
        }

        fn set(&self, name: &str, secret: &StoredSecret) -> Result<(), VaultError> {
            self.step().and_then(|()| self.0.set(name, secret))
        }

        fn delete(&self, name: &str) -> Result<bool, VaultError> {
            self.step().and_then(|()| self.0.delete(name))
        }
    }

    #[test]
    fn large_and_small_ones_replace_each_other_and_leave_nothing() {
        let items = Arc::new(InMemory::default());
        let vault = Chunked::new(Arc::clone(&items), 2_000);
        for (size, count) in
            [(10 * 1024, 7), (10, 1), (1_994, 1), (1_995, 2), (0, 1), (10 * 1024, 7), (9_000, 6)]
        {
            let kept = secret(&"x".repeat(size));
            vault.set("name", &kept).expect("kept");
            assert_eq!(vault.get("name"), Ok(Some(kept)), "{size}");
            assert_eq!(items.names().len(), count, "{size}: {:?}", items.names());
        }
        assert_eq!((vault.delete("name"), vault.delete("name")), (Ok(true), Ok(false)));
        assert!(items.names().is_empty());
    }

    /// Whatever step is the last one, what is read is the old secret or the new one, whole.
    #[test]
    fn a_change_that_breaks_off_is_none() {
        let (old, new) = (secret(&"o".repeat(5_000)), secret(&"n".repeat(9_000)));
        let mut changed = 0;
        for steps in 0..12 {
            let items = Arc::new(InMemory::default());
            Chunked::new(Arc::clone(&items), 2_000).set("name", &old).expect("kept");
            let failing = Failing(Arc::clone(&items), std::sync::Mutex::new(steps));
            let told = Chunked::new(failing, 2_000).set("name", &new);
            let found = Chunked::new(items, 2_000).get("name").expect("readable").expect("there");
            assert_eq!(told.is_ok(), found == new, "{steps}");
            assert!(found == old || found == new, "{steps}");
            changed += u32::from(found == new);
        }
        assert_eq!(changed, 6, "five parts, then the head");
    }

    #[test]
    fn what_others_put_there_is_damaged_and_can_be_replaced() {
        let items = Arc::new(InMemory::default());
        let vault = Chunked::new(Arc::clone(&items), 64);
        for (text, part) in [
            ("password", None),
            ("parts 1", None),
            ("parts 0 x", None),
            // Each would be asked to be deleted: that takes hours.
            ("parts 0 4294967295", None),
            ("parts 0 2", Some("name (0.0)")),
        ] {
            items.set("name", &secret(text)).expect("kept");
            part.into_iter().for_each(|part| items.set(part, &secret("x")).expect("kept"));
            assert!(matches!(vault.get("name"), Err(VaultError::Damaged(_))), "{text}");
            vault.set("name", &secret("good")).expect("kept");
            assert_eq!(vault.get("name"), Ok(Some(secret("good"))));
            assert_eq!(items.names(), ["name"]);
        }
    }

    proptest! {
        #[test]
        fn pieces_are_the_text(text in "\\PC{0,300}", most in 4usize..70) {
            let pieces = cut(&text, most);
            prop_assert!(pieces.iter().all(|piece| piece.len() <= most));
            prop_assert_eq!(pieces.iter().map(|piece| piece.as_str()).collect::<String>(), text);
        }
    }
}

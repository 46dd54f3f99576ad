//! Which profile is meant: the flag, a variable, or the default.

use crate::env::{AWS_DEFAULT_PROFILE, AWS_PROFILE, Env};
use sso_core::ProfileName;

/// The profile to use and who said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectedProfile {
    /// Its name.
    pub name: ProfileName,
    /// Who said so.
    pub source: ProfileSource,
}

/// Who named the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileSource {
    /// The flag `--profile`.
    Flag,
    /// An environment variable.
    Variable(&'static str),
    /// Nobody: it is `default`.
    Default,
}

/// `--profile`, then `AWS_PROFILE`, then `AWS_DEFAULT_PROFILE`, then `default`.
///
/// Whatever is empty counts as not given. The AWS CLI takes an empty `AWS_PROFILE` for a profile without a name, which
/// never exists; the SDKs take it for not set, and so do shells that clear a variable with `AWS_PROFILE=`.
#[must_use]
pub fn select_profile(flag: Option<&str>, env: &Env) -> SelectedProfile {
    if let Some(name) = flag.filter(|name| !name.is_empty()) {
        return SelectedProfile { name: ProfileName::new(name), source: ProfileSource::Flag };
    }
    let named = [AWS_PROFILE, AWS_DEFAULT_PROFILE]
        .into_iter()
        .find_map(|variable| Some((env.text(variable)?, ProfileSource::Variable(variable))));
    let (name, source) = named.unwrap_or_else(|| ("default".to_owned(), ProfileSource::Default));
    SelectedProfile { name: ProfileName::new(name), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_not_empty_wins() {
        use ProfileSource::{Default, Flag, Variable};
        for (flag, first, second, name, source) in [
            (Some("f"), Some("a"), Some("b"), "f", Flag),
            (Some(""), Some("a"), Some("b"), "a", Variable("AWS_PROFILE")),
            (None, Some(""), Some("b"), "b", Variable("AWS_DEFAULT_PROFILE")),
            (None, None, Some(""), "default", Default),
            (None, None, None, "default", Default),
        ] {
            let pairs = [("AWS_PROFILE", first), ("AWS_DEFAULT_PROFILE", second)];
            let variables = pairs.into_iter().filter_map(|(name, value)| Some((name.into(), value?.into())));
            let selected = select_profile(flag, &Env::new(variables, None));
            assert_eq!(selected, SelectedProfile { name: ProfileName::new(name), source });
        }
    }
}

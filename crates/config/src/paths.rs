//! Where the files are: the two path variables, the home directory, the directories below `~/.aws`.

use crate::env::{AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, HOME, HOMEDRIVE, HOMEPATH, USERPROFILE};
use crate::env::{Env, Platform};
use crate::error::HomeError;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

impl Env {
    /// The home directory: `HOME`; on Windows then `USERPROFILE`, `HOMEDRIVE` + `HOMEPATH`; then what the system knows.
    ///
    /// # Errors
    /// [`HomeError`]: it is unknown, empty or relative. Nothing is put in its place: a `.aws` in the root or in the working
    /// directory would be somebody else's.
    pub fn home_dir(&self) -> Result<PathBuf, HomeError> {
        let (home, variable) = self.home_candidate()?;
        let absolute = match self.platform() {
            Platform::Windows => is_absolute_on_windows(&home),
            Platform::Unix => home.has_root(),
        };
        if absolute { Ok(home) } else { Err(HomeError::Relative { path: home, variable }) }
    }

    fn home_candidate(&self) -> Result<(PathBuf, Option<&'static str>), HomeError> {
        let named: &[&'static str] = match self.platform() {
            Platform::Unix => &[HOME],
            Platform::Windows => &[HOME, USERPROFILE],
        };
        for &variable in named {
            match self.raw(variable) {
                Some(value) if value.is_empty() => return Err(HomeError::Empty { variable }),
                Some(value) => return Ok((PathBuf::from(value), Some(variable))),
                None => {}
            }
        }
        if let (Platform::Windows, Some(drive), Some(path)) =
            (self.platform(), self.get(HOMEDRIVE), self.get(HOMEPATH))
        {
            let mut whole = drive.to_owned();
            whole.push(path);
            return Ok((PathBuf::from(whole), Some(HOMEPATH)));
        }
        let home = self.system_home().filter(|home| !home.as_os_str().is_empty());
        home.map(|home| (home.to_owned(), None)).ok_or(HomeError::Unknown)
    }

    /// `~/.aws`, wherever the config file is.
    ///
    /// # Errors
    /// [`HomeError`]: there is no usable home directory.
    pub fn aws_dir(&self) -> Result<PathBuf, HomeError> {
        Ok(self.join(&self.home_dir()?, ".aws"))
    }

    /// `~/.aws/sso/cache`: tokens and registrations. No variable moves it.
    ///
    /// # Errors
    /// [`HomeError`]: there is no usable home directory.
    pub fn sso_cache_dir(&self) -> Result<PathBuf, HomeError> {
        Ok(self.join(&self.join(&self.aws_dir()?, "sso"), "cache"))
    }

    /// `~/.aws/cli/cache`: role credentials. No variable moves it.
    ///
    /// # Errors
    /// [`HomeError`]: there is no usable home directory.
    pub fn cli_cache_dir(&self) -> Result<PathBuf, HomeError> {
        Ok(self.join(&self.join(&self.aws_dir()?, "cli"), "cache"))
    }

    /// The config file: `AWS_CONFIG_FILE` with `$VAR` and `~` expanded, else `~/.aws/config`.
    ///
    /// # Errors
    /// [`HomeError`]: the home directory is needed and cannot be used.
    pub fn config_file(&self) -> Result<PathBuf, HomeError> {
        self.file(AWS_CONFIG_FILE, "config")
    }

    /// The credentials file: `AWS_SHARED_CREDENTIALS_FILE` with `$VAR` and `~` expanded, else `~/.aws/credentials`.
    ///
    /// # Errors
    /// [`HomeError`]: the home directory is needed and cannot be used.
    pub fn credentials_file(&self) -> Result<PathBuf, HomeError> {
        self.file(AWS_SHARED_CREDENTIALS_FILE, "credentials")
    }

    /// The path as people write it: what lies in the home directory starts with `~`.
    #[must_use]
    pub fn shorten(&self, path: &Path) -> String {
        let home = self.home_dir().ok();
        match home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned)) {
            Some(below) if below.as_os_str().is_empty() => "~".to_owned(),
            Some(below) => self.join(Path::new("~"), &below.to_string_lossy()).display().to_string(),
            None => path.display().to_string(),
        }
    }

    fn file(&self, variable: &str, name: &str) -> Result<PathBuf, HomeError> {
        match self.get(variable) {
            Some(value) => self.expand(value),
            None => Ok(self.join(&self.aws_dir()?, name)),
        }
    }

    /// First the variables, then the tilde, as Python's `expandvars` and `expanduser` do for the AWS CLI.
    fn expand(&self, value: &OsStr) -> Result<PathBuf, HomeError> {
        let Some(text) = value.to_str() else { return Ok(PathBuf::from(value)) };
        let text = self.expand_variables(text);
        let Some(rest) = text.strip_prefix('~') else { return Ok(PathBuf::from(text)) };
        let separators: &[char] = if self.platform() == Platform::Windows { &['/', '\\'] } else { &['/'] };
        match rest.strip_prefix(separators) {
            Some(below) => Ok(self.join(&self.home_dir()?, below)),
            None if rest.is_empty() => self.home_dir(),
            None => Ok(PathBuf::from(text)),
        }
    }

    /// `$NAME` and `${NAME}`; a variable that is not set stays as it is written.
    fn expand_variables(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let (name, tail) = variable_name(after);
            match self.raw(name).and_then(OsStr::to_str).filter(|_| !name.is_empty()) {
                Some(value) => {
                    out.push_str(value);
                    rest = tail;
                }
                None => {
                    out.push('$');
                    rest = after;
                }
            }
        }
        out + rest
    }

    fn join(&self, base: &Path, name: &str) -> PathBuf {
        if self.platform() == Platform::HERE {
            return base.join(name);
        }
        let separator = if self.platform() == Platform::Windows { "\\" } else { "/" };
        let mut whole = base.as_os_str().to_owned();
        whole.push(separator);
        whole.push(name);
        PathBuf::from(whole)
    }
}

fn variable_name(after: &str) -> (&str, &str) {
    if let Some((name, tail)) = after.strip_prefix('{').and_then(|braced| braced.split_once('}')) {
        return (name, tail);
    }
    let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
    after.split_at_checked(end).unwrap_or((after, ""))
}

fn is_absolute_on_windows(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let mut chars = text.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('\\'), Some('\\'), Some(_)) => true,
        (Some(drive), Some(':'), Some('\\' | '/')) => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(variables: &[(&str, &str)], platform: Platform) -> Env {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        Env::new(variables, Some("/passwd/ann".into())).on(platform)
    }

    #[test]
    fn the_config_file_by_environment() {
        use Platform::{Unix, Windows};
        let relative = |path: &str, variable| Err(HomeError::Relative { path: path.into(), variable });
        for (variables, platform, expected) in [
            (&[][..], Unix, Ok("/passwd/ann/.aws/config")),
            (&[("HOME", "/h")], Unix, Ok("/h/.aws/config")),
            (&[("HOME", "")], Unix, Err(HomeError::Empty { variable: "HOME" })),
            (&[("HOME", "here")], Unix, relative("here", Some("HOME"))),
            (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "")], Unix, Ok("/h/.aws/config")),
            (&[("HOME", ""), ("AWS_CONFIG_FILE", "/c")], Unix, Ok("/c")),
            (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~/c")], Unix, Ok("/h/c")),
            (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~")], Unix, Ok("/h")),
            (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~bob/c")], Unix, Ok("~bob/c")),
            (&[("X", "/x"), ("AWS_CONFIG_FILE", "$X/c")], Unix, Ok("/x/c")),
            (&[("X", "/x"), ("AWS_CONFIG_FILE", "${X}y/$NONE/$")], Unix, Ok("/xy/$NONE/$")),
            (&[("HOME", "/h"), ("X", "~/x"), ("AWS_CONFIG_FILE", "$X")], Unix, Ok("/h/x")),
            (&[("USERPROFILE", "C:\\u")], Windows, Ok("C:\\u\\.aws\\config")),
            (&[("userprofile", "C:\\u")], Windows, Ok("C:\\u\\.aws\\config")),
            (&[("HOMEDRIVE", "D:"), ("HOMEPATH", "\\u")], Windows, Ok("D:\\u\\.aws\\config")),
            (&[("USERPROFILE", "u")], Windows, relative("u", Some("USERPROFILE"))),
        ] {
            let found = env(variables, platform).config_file();
            if platform == Platform::HERE || platform == Windows {
                assert_eq!(found, expected.map(PathBuf::from), "{variables:?}");
            }
        }
    }

    #[test]
    fn the_caches_do_not_follow_the_config_file() {
        let env = env(&[("HOME", "/h"), ("AWS_CONFIG_FILE", "/elsewhere/c")], Platform::Unix);
        assert_eq!(env.sso_cache_dir(), Ok("/h/.aws/sso/cache".into()));
        assert_eq!(env.cli_cache_dir(), Ok("/h/.aws/cli/cache".into()));
        for (path, shown) in [
            ("/h/.aws/config", "~/.aws/config"),
            ("/h", "~"),
            ("/hh/x", "/hh/x"),
            ("/elsewhere/c", "/elsewhere/c"),
        ] {
            assert_eq!(env.shorten(Path::new(path)), shown);
        }
        let homeless = Env::new([], None).on(Platform::Unix);
        assert_eq!(homeless.aws_dir(), Err(HomeError::Unknown));
    }
}

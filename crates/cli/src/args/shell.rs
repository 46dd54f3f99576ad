//! What is for the user's shell: completions, functions, the prompt.

use clap::{Args, ValueEnum};

/// Options of `status`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct StatusArgs {
    /// One word on the selected profile for a shell's prompt: `dev 1h12m`; nothing if none is selected
    #[arg(long)]
    pub(crate) prompt: bool,
}

/// Arguments of `completions`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: Shell,
}

/// Arguments of `shell-init`.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ShellInitArgs {
    /// The shell
    pub(crate) shell: InitShell,
}

/// The shells that complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    Pwsh,
    Elvish,
}

/// The shells that there are functions for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InitShell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    Pwsh,
}

//! The arguments of `completions` and `man`.

use clap::Args;
use clap_complete::Shell;

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: Shell,
}

/// The arguments of `man`.
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// The command; without one, the page of the program
    #[arg(value_name = "COMMAND", value_parser = ["list", "check", "show", "replay", "odds", "gil", "report", "play", "completions", "man"])]
    pub(crate) command: Option<String>,
}

pub(super) const COMPLETIONS_HELP: &str = "\
For example:
  bash  selvedge completions bash > ~/.local/share/bash-completion/completions/selvedge
  zsh   selvedge completions zsh > ~/.zfunc/_selvedge
  fish  selvedge completions fish > ~/.config/fish/completions/selvedge.fish";

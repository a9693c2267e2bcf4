//! The arguments of `completions`.

use clap::Args;
use clap_complete::Shell;

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: Shell,
}

pub(super) const COMPLETIONS_HELP: &str = "\
For example:
  bash  selvedge completions bash > ~/.local/share/bash-completion/completions/selvedge
  zsh   selvedge completions zsh > ~/.zfunc/_selvedge
  fish  selvedge completions fish > ~/.config/fish/completions/selvedge.fish";

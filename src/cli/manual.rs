//! `completions` and `man`: what shells and `man` want to know of the command line.

use super::arguments::{Arguments, CompletionsArguments};
use super::{Error, Status};
use std::io::{self, Write};

/// The name of the program.
const NAME: &str = "selvedge";

/// Prints the completions for a shell.
pub(super) fn completions(arguments: &CompletionsArguments) -> Result<Status, Error> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::whole_command(),
        NAME,
        &mut script,
    );
    print(&script)
}

/// Prints the manual page: the program's, and those of its commands after it.
pub(super) fn man() -> Result<Status, Error> {
    let mut page = Vec::new();
    let mut command = Arguments::whole_command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        let manual = clap_mangen::Man::new(subcommand.clone());
        writeln!(page, ".SH {NAME} {}", subcommand.get_name())?;
        manual.render_description_section(&mut page)?;
        manual.render_synopsis_section(&mut page)?;
        manual.render_options_section(&mut page)?;
        manual.render_extra_section(&mut page)?;
    }
    print(&page)
}

fn print(text: &[u8]) -> Result<Status, Error> {
    let mut output = io::stdout().lock();
    output.write_all(text)?;
    output.flush()?;
    Ok(Status::AsExpected)
}

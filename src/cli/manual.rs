//! `completions` and `man`: what shells and `man` want to know of the command line.

use super::arguments::{Arguments, CompletionsArguments, ManArguments};
use super::{Error, Status};
use clap_mangen::roff::{Roff, roman};
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

/// Prints the manual page of the program, or of one of its commands.
pub(super) fn man(arguments: &ManArguments) -> Result<Status, Error> {
    let mut whole = Arguments::whole_command().disable_help_subcommand(true);
    whole.build();
    let command = match &arguments.command {
        None => whole,
        Some(name) => {
            let command = whole.find_subcommand(name);
            command
                .expect("the parser takes the names of commands only")
                .clone()
        }
    };
    let mut page = Vec::new();
    write_page(command, &mut page)?;
    print(&page)
}

fn write_page(command: clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    let notes = command.get_after_help().map(ToString::to_string);
    let (has_commands, has_version) = (command.has_subcommands(), command.get_version().is_some());
    let manual = clap_mangen::Man::new(command).source(concat!("selvedge ", env!("CARGO_PKG_VERSION")));
    manual.render_title(page)?;
    manual.render_name_section(page)?;
    manual.render_synopsis_section(page)?;
    manual.render_description_section(page)?;
    manual.render_options_section(page)?;
    if has_commands {
        manual.render_subcommands_section(page)?;
    }
    if let Some(notes) = notes {
        // Its lines are tables and examples: they stay as they are.
        let mut section = Roff::new();
        section.control("SH", ["NOTES"]).control("nf", []);
        section.text([roman(notes)]).control("fi", []);
        section.to_writer(page)?;
    }
    if has_version {
        manual.render_version_section(page)?;
    }
    Ok(())
}

fn print(text: &[u8]) -> Result<Status, Error> {
    let mut output = io::stdout().lock();
    output.write_all(text)?;
    output.flush()?;
    Ok(Status::AsExpected)
}

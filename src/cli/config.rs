//! The file `selvedge.toml`: found, read, and written.

use super::Error;
use super::arguments::{CheckArguments, CheckSettings, Destination, Target};
use super::check::with_defaults;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The name of the file.
const NAME: &str = "selvedge.toml";

/// The settings that are in force, and the file that some of them come from.
#[derive(Debug)]
pub(super) struct InForce {
    pub(super) settings: CheckSettings,
    pub(super) file: Option<PathBuf>,
}

/// Returns the settings of the command line, and those of the file for what it does not say.
pub(super) fn in_force(arguments: &CheckArguments) -> Result<InForce, Error> {
    let settings = arguments.settings.clone();
    let file = match &arguments.config {
        Some(file) => Some(file.clone()),
        None if arguments.no_config => None,
        None => find()?,
    };
    let settings = match &file {
        Some(file) => settings.or(read(file)?),
        None => settings,
    };
    let settings = with_defaults(settings);
    Ok(InForce { settings, file })
}

/// Returns the file in the current directory, or in the nearest one above it that has one.
fn find() -> Result<Option<PathBuf>, Error> {
    let here = env::current_dir()
        .map_err(|error| Error::Config(format!("the current directory cannot be found: {error}")))?;
    let files = here.ancestors().map(|directory| directory.join(NAME));
    Ok(files.into_iter().find(|file| file.is_file()))
}

/// Reads the settings of a file. The files of its outputs are relative to its directory.
fn read(file: &Path) -> Result<CheckSettings, Error> {
    let text = fs::read_to_string(file)
        .map_err(|error| Error::Config(format!("{} cannot be read: {error}", file.display())))?;
    let mut settings: CheckSettings =
        toml::from_str(&text).map_err(|error| Error::Config(explained(file, &text, &error)))?;
    let directory = file.parent().unwrap_or(Path::new(""));
    for Destination { target, .. } in &mut settings.output {
        if let Target::File(file) = target {
            *file = directory.join(&file);
        }
    }
    Ok(settings)
}

/// Returns what is wrong in the file, with its place.
fn explained(file: &Path, text: &str, error: &toml::de::Error) -> String {
    let what = error.message().replace("unknown field", "there is no key");
    let Some(span) = error.span() else {
        return format!("{}: {what}", file.display());
    };
    let before = text.get(..span.start).unwrap_or(text);
    let begin = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[begin..].chars().count() + 1;
    let shown = text[begin..].lines().next().unwrap_or("").trim_end();
    format!(
        "{}, line {line}, column {column}: {what}\n  {shown}",
        file.display()
    )
}

/// The keys that need not be set, each with what it means then.
const UNSET: [(&str, &str); 7] = [
    ("engine", "those that suit the scenario"),
    ("require", "any verdict that is as expected passes"),
    ("executions", "no limit, or the engine's own number of samples"),
    ("budget", "no limit for all of it"),
    ("seed", "a new one each time"),
    ("preemptions", "no limit"),
    ("output", "text on standard output"),
];

impl InForce {
    /// Returns the settings as a file that can be read again from the same directory; what is not set stands
    /// in comments.
    pub(super) fn to_toml(&self) -> String {
        let mut settings = self.settings.clone();
        let directory = self.file.as_deref().and_then(Path::parent);
        for Destination { target, .. } in &mut settings.output {
            if let (Target::File(file), Some(directory)) = (target, directory)
                && let Ok(below) = file.strip_prefix(directory)
            {
                *file = below.to_owned();
            }
        }
        let set = toml::to_string(&settings).expect("each setting has a form in TOML");
        let source = match &self.file {
            Some(file) => format!("the command line, and {}", file.display()),
            None => "the command line; there is no selvedge.toml".to_owned(),
        };
        let mut text = format!("# From {source}.\n{set}");
        for (key, meaning) in UNSET {
            if !set.lines().any(|line| line.starts_with(&format!("{key} = "))) {
                text += &format!("# {key} is not set: {meaning}\n");
            }
        }
        text
    }
}

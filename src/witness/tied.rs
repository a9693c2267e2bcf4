//! Schedules that name what they belong to: a program, its size, and the version that made them.

use crate::scenario::Size;
use selvedge_explorer::{Schedule, ScheduleError};
use std::fmt;
use std::str::FromStr;

/// The version of the explorer that makes schedules; another version may take other steps.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The word in the header of a schedule that weak memory takes.
const WEAK: &str = "rc11";

/// The separator between the header and the steps. No step contains it.
const SEPARATOR: &str = ": ";

/// A schedule with a header that names what it belongs to.
///
/// # Examples
///
/// ```
/// use selvedge::witness::TiedSchedule;
///
/// let text = format!("unlocked 2×1 v{}: 2 1 1 2 main", env!("CARGO_PKG_VERSION"));
/// let schedule: TiedSchedule = text.parse()?;
/// assert_eq!(schedule.steps.0.len(), 5);
/// assert_eq!(schedule.to_string(), text);
/// assert_eq!(schedule.misfit("unlocked", schedule.header.as_ref().unwrap().size), None);
/// # Ok::<(), selvedge::witness::TiedScheduleError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TiedSchedule {
    /// The header; `None` if the schedule has none.
    pub header: Option<Header>,
    /// The steps.
    pub steps: Schedule,
}

/// The scenario and the version that a schedule belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The scenario's name.
    pub scenario: String,
    /// Its size, if it is a scenario of the catalogue.
    pub size: Option<Size>,
    /// `true` if the steps are the order in which an execution graph under weak memory was built: no interleaving of
    /// these steps ends as the graph does.
    pub is_weak: bool,
    /// The version of Selvedge.
    pub version: String,
}

impl TiedSchedule {
    /// Adds to a schedule the scenario's name and size, and this version.
    pub fn new(scenario: String, size: Option<Size>, steps: Schedule) -> Self {
        let version = VERSION.to_owned();
        Self {
            header: Some(Header {
                scenario,
                size,
                is_weak: false,
                version,
            }),
            steps,
        }
    }

    /// Adds the same to the steps of an execution graph under weak memory.
    pub(super) fn weak(scenario: String, size: Option<Size>, steps: Schedule) -> Self {
        let mut schedule = Self::new(scenario, size, steps);
        if let Some(header) = &mut schedule.header {
            header.is_weak = true;
        }
        schedule
    }

    /// Returns `true` if these are steps of an execution graph under weak memory: no interleaving follows them.
    pub fn is_weak(&self) -> bool {
        self.header.as_ref().is_some_and(|header| header.is_weak)
    }

    /// Returns the reason why the schedule does not belong to this scenario of this version; `None` if it has
    /// no header or fits.
    pub fn misfit(&self, scenario: &str, size: Option<Size>) -> Option<String> {
        let header = self.header.as_ref()?;
        let anyway = "remove the part before the `: ` to try it anyway";
        if header.scenario != scenario {
            return Some(format!(
                "the schedule is for `{}`, and this is `{scenario}`",
                header.scenario
            ));
        }
        if let (Some(theirs), Some(size)) = (header.size, size)
            && theirs != size
        {
            return Some(format!(
                "the schedule is for size {theirs} (threads × operations each), and this is {size}; {anyway}"
            ));
        }
        (header.version != VERSION).then(|| {
            format!(
                "the schedule is from version {}, and this is {VERSION}, which may take other steps; {anyway}",
                header.version
            )
        })
    }
}

impl fmt::Display for TiedSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(header) = &self.header {
            write!(f, "{header}{SEPARATOR}")?;
        }
        self.steps.fmt(f)
    }
}

impl fmt::Display for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.scenario)?;
        if let Some(size) = self.size {
            write!(f, " {size}")?;
        }
        if self.is_weak {
            write!(f, " {WEAK}")?;
        }
        write!(f, " v{}", self.version)
    }
}

impl FromStr for TiedSchedule {
    type Err = TiedScheduleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A long schedule may be broken into lines.
        let text: &str = &text.split_whitespace().collect::<Vec<_>>().join(" ");
        // A schedule without steps ends with the separator.
        let (header, steps) = match text.strip_suffix(SEPARATOR.trim_end()) {
            Some(header) => (Some(header), ""),
            None => match text.rsplit_once(SEPARATOR) {
                Some((header, steps)) => (Some(header), steps),
                None => (None, text),
            },
        };
        Ok(Self {
            header: header.map(str::parse).transpose()?,
            steps: steps.parse().map_err(TiedScheduleError::Steps)?,
        })
    }
}

impl FromStr for Header {
    type Err = TiedScheduleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let broken = || TiedScheduleError::Header(text.to_owned());
        let (rest, version) = text.rsplit_once(' ').ok_or_else(broken)?;
        let version = version.strip_prefix('v').ok_or_else(broken)?;
        let (rest, is_weak) = match rest.strip_suffix(WEAK).and_then(|rest| rest.strip_suffix(' ')) {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let (scenario, size) = match rest.rsplit_once(' ') {
            Some((scenario, size)) if parse_size(size).is_some() => (scenario, parse_size(size)),
            _ => (rest, None),
        };
        Ok(Self {
            scenario: scenario.trim().to_owned(),
            size,
            is_weak,
            version: version.to_owned(),
        })
    }
}

fn parse_size(text: &str) -> Option<Size> {
    let (threads, iterations) = text.split_once(['×', 'x'])?;
    Some(Size {
        threads: threads.parse().ok()?,
        iterations: iterations.parse().ok()?,
    })
}

/// The error for a text that is not a schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TiedScheduleError {
    /// The text before the `: ` is not a header.
    Header(String),
    /// The steps cannot be read.
    Steps(ScheduleError),
}

impl fmt::Display for TiedScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(header) => write!(
                f,
                "`{header}` is not the header of a schedule: write a name, a size and a version, such as \
                 `unlocked 2×1 v{VERSION}: `, or leave it out"
            ),
            Self::Steps(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TiedScheduleError {}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size {
        threads: 2,
        iterations: 3,
    };

    #[test]
    fn round_trips() {
        for (scenario, size) in [
            ("fetch-add", Some(SIZE)),
            ("a transfer: twice", None),
            ("x", None),
        ] {
            for steps in ["1 2×3 main", "", "1.2:1"] {
                let steps = steps.parse().expect("steps");
                let schedule = TiedSchedule::new(scenario.to_owned(), size, steps);
                assert_eq!(schedule.to_string().parse(), Ok(schedule.clone()));
                assert_eq!(schedule.misfit(scenario, size), None);
            }
        }
        let broken: TiedSchedule = "unlocked 2×3\n  v0.1.0:\n  1 2"
            .parse()
            .expect("it may be broken");
        assert_eq!(broken, "unlocked 2×3 v0.1.0: 1 2".parse().expect("one line"));
        let bare: TiedSchedule = "1 2 2".parse().expect("steps alone");
        assert_eq!((bare.header.clone(), bare.steps.0.len()), (None, 3));
        assert_eq!(bare.misfit("anything", Some(SIZE)), None);
    }

    #[test]
    fn what_takes_weak_memory_says_so() {
        for size in [Some(SIZE), None] {
            let steps = "1 2 main".parse().expect("steps");
            let schedule = TiedSchedule::weak("a flag".to_owned(), size, steps);
            assert_eq!(schedule.to_string().parse(), Ok(schedule.clone()));
            assert!(schedule.is_weak());
            assert_eq!(schedule.misfit("a flag", size), None);
        }
    }

    #[test]
    fn what_belongs_elsewhere_is_refused() {
        let schedule = TiedSchedule::new("unlocked".to_owned(), Some(SIZE), Schedule::default());
        let misfit = |name, size| schedule.misfit(name, size).expect("a reason");
        assert!(misfit("locked", Some(SIZE)).contains("is for `unlocked`, and this is `locked`"));
        let larger = Size {
            iterations: 4,
            ..SIZE
        };
        assert!(misfit("unlocked", Some(larger)).contains("for size 2×3"));
        let older: TiedSchedule = "unlocked 2×3 v0.0.1: 1".parse().expect("an older version");
        assert!(
            older
                .misfit("unlocked", Some(SIZE))
                .is_some_and(|misfit| misfit.contains("version 0.0.1"))
        );
    }

    #[test]
    fn nonsense_is_explained() {
        for text in ["unlocked: 1", "unlocked 2x1 0.1.0: 1", ": 1"] {
            let error = text.parse::<TiedSchedule>().expect_err(text).to_string();
            assert!(error.contains("is not the header of a schedule"), "{error}");
        }
        let steps = "unlocked 2x1 v0.1.0: 1 zwei".parse::<TiedSchedule>();
        assert!(matches!(steps, Err(TiedScheduleError::Steps(_))));
    }
}

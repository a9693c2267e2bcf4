//! Witnesses: the shortest interleaving behind each ending of a scenario, and schedules that run one again.

mod endless;
mod found;
mod tied;
mod weak;

pub use found::{Rank, Witness, Witnesses, find, replay};
pub use tied::{Header, TiedSchedule, TiedScheduleError};
pub(crate) use weak::find as find_weak;

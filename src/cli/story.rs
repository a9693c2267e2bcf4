//! The main job: the whole story, in chapters, checked as it is told.
use super::{Error, Format, Output, Status};
pub(super) fn tell(_format: Format, _output: Output) -> Result<Status, Error> { todo!() }

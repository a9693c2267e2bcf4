//! A path of a step, as messages show it.

use std::fmt;

/// One way through a step: its operations, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The thread whose step it is, from 0.
    pub thread: usize,
    /// The operations, in order.
    pub accesses: Vec<Access>,
    /// The end: what has changed, or why the path did not end as it should.
    pub end: String,
}

/// One operation of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The operation.
    pub operation: &'static str,
    /// The name of the object, if there is one.
    pub object: Option<String>,
    /// The value that was read, or over which a value was stored. Letters are numbers that nobody knows.
    pub read: Option<String>,
    /// The value that was written.
    pub written: Option<String>,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        if let Some(object) = &self.object {
            write!(f, " {object}")?;
        }
        match (&self.read, &self.written) {
            (Some(read), Some(written)) => write!(f, ": {read} -> {written}"),
            (Some(value), None) => write!(f, ": {value}"),
            (None, Some(value)) => write!(f, ": -> {value}"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "thread {}:", self.thread + 1)?;
        for access in &self.accesses {
            writeln!(f, "  {access}")?;
        }
        write!(f, "  {}", self.end)
    }
}

//! Notes on the events of an execution: the program's labels, and values.

use crate::value::Value;

/// Labels and values, by the positions of the events.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// The values that events on plain memory and mutexes have moved, as far as they are recorded.
    values: Vec<Option<Value>>,
    /// The program's labels for the events; those beyond the last event are out of date.
    labels: Vec<Option<&'static str>>,
    /// `true` if the program has given any label, in this execution or an earlier one.
    pub(crate) has_labels: bool,
}

impl Notes {
    /// Forgets the values: an execution begins.
    pub(super) fn clear_values(&mut self) {
        self.values.clear();
    }

    /// Records the value that the event at this position has moved.
    pub(crate) fn record_value(&mut self, position: usize, value: Option<Value>) {
        if self.values.len() <= position {
            self.values.resize(position + 1, None);
        }
        self.values[position] = value;
    }

    /// Returns the value that the event at this position has moved, if it was recorded.
    pub(crate) fn value_at(&self, position: usize) -> Option<Value> {
        self.values.get(position).copied().flatten()
    }

    /// Notes what the program calls a new event, which is the last one.
    ///
    /// A thread that has announced an operation does nothing until it is executed, so it is called as it was
    /// then. Events that are repeated keep what they have.
    #[inline]
    pub(crate) fn note_label(&mut self, position: usize, label: Option<&'static str>) {
        if self.has_labels {
            self.labels.resize(position, None);
            self.labels.push(label);
        }
    }

    /// Returns the program's label for the event at this position.
    pub(crate) fn label_at(&self, position: usize) -> Option<&'static str> {
        self.labels.get(position).copied().flatten()
    }
}

//! The operations of a step, and what they may return.

use super::run::DIFFERS;
use super::{Checker, Domain, Fault, OPERATIONS, Obligation, Phase, Place, Section, fails};
use crate::invariant::value::{NoChange, Shape, Value};

/// The result of a compare-exchange.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::invariant) struct Exchanged {
    pub(in crate::invariant) success: bool,
    pub(in crate::invariant) found: Value,
}

impl Checker {
    /// Reads an atomic or a cell.
    pub(in crate::invariant) fn load(&mut self, id: u32, operation: &'static str) -> Result<Value, Fault> {
        let value = self.access(id)?;
        self.note(operation, id, Some(value), None);
        self.remember(id, value);
        Ok(value)
    }

    /// Replaces the value of an atomic or a cell, in one step; returns the value before.
    ///
    /// For `new` the value before is not known if it is an opaque number, so `new` returns `None` where it cannot
    /// say what comes out.
    pub(in crate::invariant) fn replace(
        &mut self,
        id: u32,
        operation: &'static str,
        new: impl FnOnce(Value) -> Option<Value>,
    ) -> Result<Value, Fault> {
        let old = self.access(id)?;
        let new = new(old).unwrap_or_else(|| self.fresh());
        self.note(operation, id, Some(old), Some(new));
        self.write(id, old, new)?;
        self.remember(id, old);
        Ok(old)
    }

    /// Overwrites the value of an atomic or a cell, whatever it is.
    pub(in crate::invariant) fn store(
        &mut self,
        id: u32,
        operation: &'static str,
        new: Value,
    ) -> Result<(), Fault> {
        let old = match self.rules.fresh_overwrites {
            true => self.access(id)?,
            false => self.last_read(id)?,
        };
        self.note(operation, id, Some(old), Some(new));
        self.write(id, old, new)
    }

    /// Replaces the value of an atomic if it is the expected one; a weak exchange may also fail for no reason.
    ///
    /// Whether an opaque number is the expected one is not known, unless both were computed from one read: success
    /// and failure are then two paths. After a success the old value *is* the expected one.
    pub(in crate::invariant) fn exchange(
        &mut self,
        id: u32,
        expected: Value,
        new: Value,
        weak: bool,
    ) -> Result<Exchanged, Fault> {
        let mut found = self.access(id)?;
        let is_expected = match found.base == expected.base {
            true => found.offset == expected.offset,
            false => self.choose(2)? == 0,
        };
        let spurious = is_expected && weak && self.phase == Phase::Step && self.choose(2)? == 1;
        if is_expected && !spurious {
            found = expected;
            self.note("compare_exchange", id, Some(found), Some(new));
            self.write(id, found, new)?;
            return Ok(Exchanged { success: true, found });
        }
        self.spurious |= spurious;
        self.note("failed compare_exchange", id, Some(found), None);
        self.path.lost_exchange |= spurious || self.path.reads.contains(&(id, expected));
        self.remember(id, found);
        Ok(Exchanged {
            success: false,
            found,
        })
    }

    /// Locks a lock, to change what it holds or only to read it; returns what it holds.
    pub(in crate::invariant) fn lock(&mut self, id: u32, excludes: bool) -> Result<Value, Fault> {
        if let Some(value) = self.lock_private(id)? {
            self.count_operation()?;
            return Ok(value);
        }
        if self.phase == Phase::Alone {
            return self.lock_alone(id);
        }
        if let Some(section) = self.path.section {
            let (inner, outer) = (self.object(id).name(), self.object(section.lock).name());
            let reason = format!("{inner} is locked while {outer} is");
            return Err(fails(Obligation::SectionsEnd, reason));
        }
        self.count_operation()?;
        let first = self.read_any(id)?;
        self.sections += 1;
        self.path.section = Some(Section {
            lock: id,
            first,
            excludes,
        });
        self.note(if excludes { "lock" } else { "read lock" }, id, Some(first), None);
        Ok(first)
    }

    /// Unlocks a lock that holds this now; nothing new if it is not known or was only read.
    pub(in crate::invariant) fn unlock(&mut self, id: u32, value: Option<Value>) -> Result<(), Fault> {
        if self.unlock_private(id, value) {
            return Ok(());
        }
        if self.phase == Phase::Alone {
            let object = self.object(id);
            object.held = false;
            object.current = value.unwrap_or(object.current);
            return Ok(());
        }
        let Some(section) = self.path.section.take() else {
            return Ok(());
        };
        self.sections += 1;
        self.note("unlock", id, None, value);
        match value {
            Some(value) => self.write(id, section.first, value),
            None => Ok(()),
        }
    }

    /// Returns the number of the iteration: any that there is.
    pub(in crate::invariant) fn number(&mut self) -> Result<u64, Fault> {
        if let Some(number) = self.path.number {
            return Ok(number);
        }
        self.asked = true;
        let number = self.choose(self.bounds.iterations.max(1))?;
        self.path.number = Some(number);
        self.note_alone("number", Some(Value::known(number as i64)));
        Ok(number)
    }

    /// Lets the other threads run, which changes nothing.
    pub(in crate::invariant) fn yield_now(&mut self) -> Result<(), Fault> {
        self.note_alone("yield", None);
        self.count_operation()
    }

    /// Reads a value that nothing else is known of.
    fn read_any(&mut self, id: u32) -> Result<Value, Fault> {
        match self.object(id).domain {
            Domain::Interval(least, greatest) => {
                let size = greatest.abs_diff(least).saturating_add(1);
                let index = self.choose(size)?;
                Ok(Value::known(least.wrapping_add(index as i64)))
            }
            Domain::Any => Ok(self.fresh()),
        }
    }

    /// Returns what an access finds: anything, but within a section what was there at the last access.
    fn access(&mut self, id: u32) -> Result<Value, Fault> {
        if let Some(value) = self.private(id)? {
            let value = *value;
            self.count_operation()?;
            return Ok(value);
        }
        if self.phase == Phase::Alone {
            return Ok(self.object(id).current);
        }
        self.count_operation()?;
        let held = self.path.section.filter(|section| section.excludes);
        let held = held.map(|section| section.lock);
        let (step, sections) = (self.path.step, self.sections);
        let odometer = &self.path.odometer;
        let place = || Place {
            step,
            choices: odometer.path(),
        };
        let object = &mut self.objects[id as usize];
        object.lockset.access(held, step, place);
        let stable = held.is_some() || !self.rules.fresh_reads;
        if stable && object.section == sections {
            if held.is_some() {
                object.lockset.rely(place);
            }
            return Ok(object.now);
        }
        let value = self.read_any(id)?;
        let object = self.object(id);
        (object.section, object.now) = (sections, value);
        Ok(value)
    }

    /// A mutant of `access` for stores: what is overwritten is what was read last.
    fn last_read(&mut self, id: u32) -> Result<Value, Fault> {
        let read = self.path.reads.iter().rev().find(|(of, _)| *of == id);
        match read.copied() {
            Some((_, value)) => self.count_operation().map(|()| value),
            None => self.access(id),
        }
    }

    /// Notes a change.
    fn write(&mut self, id: u32, old: Value, new: Value) -> Result<(), Fault> {
        if let Some(value) = self.private(id)? {
            *value = new;
            return Ok(());
        }
        if self.phase == Phase::Alone {
            self.object(id).current = new;
            return Ok(());
        }
        let object = &mut self.objects[id as usize];
        object.lockset.write();
        object.now = new;
        let change = new.change_from(old);
        let in_range = match object.shape {
            Shape::Opaque => true,
            Shape::Range(least, greatest) => (least..=greatest).contains(&new.offset),
        };
        let sum = change.map(|change| object.sum.checked_add(change));
        match (sum, in_range) {
            (Ok(Some(sum)), true) => {
                object.sum = sum;
                object.least = object.least.min(sum);
                object.greatest = object.greatest.max(sum);
                self.path.changed |= change != Ok(0);
                Ok(())
            }
            (Err(NoChange::Unknown), _) => {
                let reason = format!(
                    "{} is overwritten by a value that was not computed from the one it replaces",
                    object.name()
                );
                Err(fails(Obligation::ConstantChange, reason))
            }
            _ => {
                let reason = format!("{} gets a value that it cannot hold", object.name());
                Err(fails(Obligation::DomainClosed, reason))
            }
        }
    }

    fn lock_alone(&mut self, id: u32) -> Result<Value, Fault> {
        let object = self.object(id);
        if object.held {
            let reason = format!("{} is locked twice in the final state", object.name());
            return Err(fails(Obligation::FinalRead, reason));
        }
        object.held = true;
        Ok(object.current)
    }

    fn remember(&mut self, id: u32, value: Value) {
        if self.phase == Phase::Step {
            self.path.reads.push((id, value));
        }
    }

    pub(super) fn choose(&mut self, of: u64) -> Result<u64, Fault> {
        if of <= 1 {
            return Ok(0);
        }
        let chosen = self.path.odometer.choose(of);
        chosen.map_err(|_| fails(Obligation::NothingHidden, DIFFERS))
    }

    fn fresh(&mut self) -> Value {
        self.path.bases += 1;
        Value {
            base: self.path.bases,
            offset: 0,
        }
    }

    fn count_operation(&mut self) -> Result<(), Fault> {
        if self.phase == Phase::Alone {
            return Ok(());
        }
        self.path.operations += 1;
        match self.path.operations > OPERATIONS {
            true => Err(fails(
                Obligation::FinitePaths,
                format!("a path has more than {OPERATIONS} operations, as in a loop that does not end"),
            )),
            false => Ok(()),
        }
    }

    fn object(&mut self, id: u32) -> &mut super::Object {
        &mut self.objects[id as usize]
    }
}

//! Expanding: all that can come next in a state, or how it ends.

use super::Counting;
use super::endings;
use super::fronts::Progress;
use super::key::Key;
use super::layout::{Layout, Needs, bits_of};
use super::limits::Limits;
use super::local::{FINISHED, ROOT, Then};
use super::machine::Code;
use super::model::{Choices, Model, conflict};
use super::native::Value;
use super::refused::Refused;
use super::stop::Interruption;
use super::swept::{Cut, Weight};
use super::weight::Weigh;
use crate::identity::MAX_THREADS;

/// A state, unpacked.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// For each object, the number of its value.
    pub(super) values: Vec<u32>,
    /// For each thread, its local state and its iteration.
    pub(super) nodes: Vec<u32>,
    pub(super) iterations: Vec<u64>,
    /// The threads asleep, as a bit set.
    asleep: u64,
}

/// The figures of a search.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    pub(super) states: u64,
    pub(super) peak: u64,
    /// `true` if a state was not expanded because of the limit of steps.
    pub(super) step_limit: bool,
    pub(super) livelocks: u64,
}

/// A search over the states of a program.
pub(super) struct Search<'a> {
    pub(super) code: &'a mut dyn Code,
    pub(super) model: Model,
    pub(super) layout: Layout,
    pub(super) counting: Counting,
    pub(super) limits: Limits<'a>,
    pub(super) figures: Figures,
    /// For each ending that was noted, its weight.
    pub(super) totals: Vec<Option<Weight>>,
    /// `true` if there are infinitely many interleavings.
    pub(super) endless: bool,
    /// `true` if endings are noted.
    pub(super) notes_endings: bool,
    view: View,
}

/// The least widths of the parts of a state.
fn needs(model: &Model, counting: Counting) -> Needs {
    let bits = |count: usize| bits_of(count as u64);
    let objects = (0..model.objects()).map(|object| bits(model.values_of(object)));
    let nodes = (0..model.threads()).map(|thread| bits(model.nodes_of(thread)));
    let iterations = (0..model.threads()).map(|_| bits_of(model.iterations));
    let asleep = match counting {
        Counting::Traces => model.threads() as u32,
        Counting::Nothing | Counting::Interleavings | Counting::Odds => 0,
    };
    Needs {
        growing: objects.chain(nodes).collect(),
        fixed: iterations.chain([asleep]).collect(),
    }
}

impl<'a> Search<'a> {
    /// Prepares a search.
    pub(super) fn new(
        code: &'a mut dyn Code,
        model: Model,
        counting: Counting,
        limits: Limits<'a>,
    ) -> Result<Self, Refused> {
        Ok(Self {
            layout: Layout::of(&needs(&model, counting))?,
            code,
            model,
            counting,
            limits,
            figures: Figures::default(),
            totals: Vec::new(),
            endless: false,
            notes_endings: true,
            view: View::default(),
        })
    }

    /// Forgets what has been found, and lays out keys anew; what is known of the program stays.
    pub(super) fn begin_again(&mut self) -> Result<(), Refused> {
        self.layout = Layout::of(&needs(&self.model, self.counting))?;
        self.figures = Figures::default();
        self.totals.clear();
        self.endless = false;
        self.notes_endings = true;
        Ok(())
    }

    /// Returns the first state, and its progress.
    pub(super) fn first<K: Key>(&mut self) -> Result<(Progress, K), Interruption> {
        let mut key = K::ZERO;
        let mut progress = Progress {
            iterations: 0,
            depth: 0,
        };
        for thread in 0..self.model.threads() {
            let (node, iteration) = self.model.settle(&*self.code, thread, ROOT, 0)?;
            self.set_thread(&mut key, thread, node, iteration)?;
            progress.iterations += iteration;
            progress.depth += self.model.depth(thread, node) as usize;
        }
        Ok((self.level(progress), key))
    }

    /// Returns the progress by which states are kept: if steps start over, the depth can fall, and does not
    /// count.
    #[inline]
    fn level(&self, progress: Progress) -> Progress {
        match self.model.starts_over {
            true => Progress { depth: 0, ..progress },
            false => progress,
        }
    }

    #[inline]
    fn set_thread<K: Key>(
        &self,
        key: &mut K,
        thread: usize,
        node: u32,
        iteration: u64,
    ) -> Result<(), Interruption> {
        self.set_growing(key, self.model.objects() + thread, node)?;
        key.set(self.layout.fixed[thread], iteration);
        Ok(())
    }

    #[inline]
    fn set_growing<K: Key>(&self, key: &mut K, part: usize, number: u32) -> Result<(), Interruption> {
        let field = self.layout.growing[part];
        if u64::from(number) > field.max() {
            return Err(Interruption::Narrow);
        }
        key.set(field, number.into());
        Ok(())
    }

    /// Unpacks a state.
    #[inline]
    fn unpack<K: Key>(&mut self, key: K) {
        let Layout { growing, fixed, .. } = &self.layout;
        let (objects, threads) = growing.split_at(self.model.objects());
        let View {
            values,
            nodes,
            iterations,
            asleep,
        } = &mut self.view;
        values.clear();
        values.extend(objects.iter().map(|field| key.get(*field) as u32));
        nodes.clear();
        nodes.extend(threads.iter().map(|field| key.get(*field) as u32));
        iterations.clear();
        iterations.extend(fixed[..threads.len()].iter().map(|field| key.get(*field)));
        *asleep = key.get(fixed[threads.len()]);
    }

    /// Returns the key without the threads asleep.
    pub(super) fn awake<K: Key>(&self, mut key: K) -> K {
        key.set(self.layout.fixed[self.model.threads()], 0);
        key
    }

    /// Hands over each state that comes next, with its weight and its progress; or notes how the state ends.
    #[inline]
    pub(super) fn expand<K: Key, W: Weigh>(
        &mut self,
        key: K,
        weight: W,
        progress: Progress,
        mut next: impl FnMut(&mut Self, K, W, Progress) -> Result<(), Interruption>,
    ) -> Result<(), Interruption> {
        self.unpack(key);
        if (self.model.has_cells || self.model.meets_step_limit) && self.is_decided(weight)? {
            return Ok(());
        }
        let mut choices = [Choices::default(); MAX_THREADS];
        let mut enabled = 0;
        let threads = self.view.nodes.len();
        for (thread, choices) in choices[..threads].iter_mut().enumerate() {
            let node = self.view.nodes[thread];
            if node != FINISHED {
                *choices = self.model.choices(&*self.code, thread, node, &self.view.values)?;
                enabled += u32::from(choices.count > 0);
            }
        }
        if enabled == 0 {
            return self.end(weight);
        }
        let asleep = self.view.asleep;
        let mut tried = asleep;
        for (thread, mine) in choices[..threads].iter().enumerate() {
            if mine.count == 0 || asleep >> thread & 1 == 1 {
                continue;
            }
            let mut base = key;
            if self.counting == Counting::Traces {
                let asleep = self.asleep_after(thread, &choices[..threads], tried);
                base.set(self.layout.fixed[threads], asleep);
                tried |= 1 << thread;
            }
            let weight = match W::DIVIDES {
                true => weight.share(1.0 / (f64::from(enabled) * f64::from(mine.count))),
                false => weight,
            };
            for index in 0..mine.count {
                let (key, progress) =
                    self.take(base, progress, thread, mine.first as usize + usize::from(index))?;
                next(self, key, weight, progress)?;
            }
        }
        Ok(())
    }

    /// Returns the state after a transition, and its progress.
    #[inline]
    fn take<K: Key>(
        &mut self,
        mut key: K,
        progress: Progress,
        thread: usize,
        transition: usize,
    ) -> Result<(K, Progress), Interruption> {
        let transition = self.model.transition(transition);
        let (node, iteration) = (self.view.nodes[thread], self.view.iterations[thread]);
        for (object, value) in self
            .model
            .touches(thread, node)
            .into_iter()
            .zip(transition.values)
        {
            if usize::from(object) < self.model.objects() {
                self.set_growing(&mut key, usize::from(object), value)?;
            }
        }
        let begun = iteration + u64::from(transition.done);
        let (to, now) = self.model.settle(&*self.code, thread, transition.node, begun)?;
        self.set_thread(&mut key, thread, to, now)?;
        let (from, to) = (self.model.depth(thread, node), self.model.depth(thread, to));
        let after = Progress {
            iterations: progress.iterations + (now - iteration),
            depth: (progress.depth + to as usize).wrapping_sub(from as usize),
        };
        Ok((key, self.level(after)))
    }

    /// Returns the threads that are asleep after an operation of this thread: those that were or have been
    /// tried, and whose operations do not depend on it (Godefroid 1996).
    fn asleep_after(&self, thread: usize, choices: &[Choices], tried: u64) -> u64 {
        let step = |thread: usize| {
            let objects = self.model.touches(thread, self.view.nodes[thread]);
            (objects, choices[thread].exclusive)
        };
        let mine = step(thread);
        let independent =
            |other: &usize| *other != thread && tried >> other & 1 == 1 && !conflict(mine, step(*other));
        (0..choices.len())
            .filter(independent)
            .fold(0, |set, other| set | 1 << other)
    }

    /// Notes how the state ends if it is one of a data race, or of a step that is too long.
    #[inline(never)]
    fn is_decided(&mut self, weight: impl Weigh) -> Result<bool, Interruption> {
        let ending = if let Some(race) = endings::data_race(&self.model, &self.view) {
            race
        } else if self.meets_step_limit() {
            self.figures.step_limit = true;
            endings::step_limit(&self.model, &self.view)
        } else {
            return Ok(false);
        };
        if self.notes_endings {
            let number = self.code.number(ending);
            self.note(number, weight)?;
        }
        Ok(true)
    }

    fn meets_step_limit(&self) -> bool {
        let mut nodes = self.view.nodes.iter().enumerate();
        nodes.any(|(thread, &node)| matches!(self.model.then(thread, node), Then::StepLimit))
    }

    /// Notes how a state ends in which no thread is enabled.
    #[inline(never)]
    fn end(&mut self, weight: impl Weigh) -> Result<(), Interruption> {
        if !self.notes_endings {
            return Ok(());
        }
        if self.view.nodes.iter().all(|&node| node == FINISHED) {
            let numbers = self.view.values.iter().enumerate();
            let values = numbers.map(|(object, &number)| self.model.value(object, number));
            let values: Vec<Value> = values.collect();
            for (number, share) in self.code.read(&mut self.model.machine, &values)? {
                self.note(number, weight.share(share))?;
            }
            return Ok(());
        }
        let ending = endings::stuck(&self.model, &self.view);
        let number = self.code.number(ending);
        self.note(number, weight)
    }

    /// Adds a weight to that of an ending.
    fn note(&mut self, number: usize, weight: impl Weigh) -> Result<(), Interruption> {
        if self.totals.len() <= number {
            self.totals.resize(number + 1, None);
        }
        let total = &mut self.totals[number];
        *total = Some(match (*total, weight.shown()) {
            (Some(Weight::Count(sum)), Weight::Count(count)) => {
                Weight::Count(sum.checked_add(count).ok_or(Refused::Count)?)
            }
            (Some(Weight::Odds(sum)), Weight::Odds(odds)) => Weight::Odds(sum + odds),
            (_, shown) => shown,
        });
        Ok(())
    }

    /// Stops the search if there are as many states as allowed, with those that have not been counted yet.
    #[inline]
    pub(super) fn check_states(&self, uncounted: usize) -> Result<(), Interruption> {
        let states = self.figures.states + uncounted as u64;
        match self.limits.states.is_some_and(|limit| states > limit) {
            true => Err(Interruption::Cut(Cut::States)),
            false => Ok(()),
        }
    }
}

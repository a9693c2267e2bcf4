//! Relations between the events of a small graph, and their algebra.

/// A set of events: bit `i` is event `i`.
pub(super) type Set = u128;

/// The greatest number of events.
pub(super) const MAX_EVENTS: usize = Set::BITS as usize;

/// A binary relation: for each event the set of those that it is related to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Relation(Vec<Set>);

impl Relation {
    /// Returns the relation between so many events that relates none.
    pub(super) fn empty(events: usize) -> Self {
        assert!(events <= MAX_EVENTS, "{events} events");
        Self(vec![0; events])
    }

    /// Returns the relation of every event of the set to itself: `[set]`.
    pub(super) fn identity(events: usize, set: Set) -> Self {
        let mut identity = Self::empty(events);
        for (event, row) in identity.0.iter_mut().enumerate() {
            *row = set & 1 << event;
        }
        identity
    }

    /// Relates the first event to the second.
    pub(super) fn insert(&mut self, from: usize, to: usize) {
        self.0[from] |= 1 << to;
    }

    /// Undoes [`insert`](Self::insert).
    pub(super) fn remove(&mut self, from: usize, to: usize) {
        self.0[from] &= !(1 << to);
    }

    /// Returns `true` if the first event is related to the second.
    pub(super) fn contains(&self, from: usize, to: usize) -> bool {
        self.0[from] >> to & 1 == 1
    }

    /// Returns the union.
    pub(super) fn or(&self, other: &Self) -> Self {
        Self(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(left, right)| left | right)
                .collect(),
        )
    }

    /// Returns the pairs that are in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(left, right)| left & right)
                .collect(),
        )
    }

    /// Returns the pairs that are not in the other.
    pub(super) fn without(&self, other: &Self) -> Self {
        Self(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(left, right)| left & !right)
                .collect(),
        )
    }

    /// Returns all pairs.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let rows = self.0.iter().enumerate();
        rows.flat_map(|(from, row)| members(*row).map(move |to| (from, to)))
    }

    /// Returns the composition: `self; other`.
    pub(super) fn then(&self, other: &Self) -> Self {
        let compose = |row: &Set| members(*row).fold(0, |all, middle| all | other.0[middle]);
        Self(self.0.iter().map(compose).collect())
    }

    /// Returns the inverse.
    pub(super) fn inverse(&self) -> Self {
        let mut inverse = Self::empty(self.0.len());
        for (from, row) in self.0.iter().enumerate() {
            members(*row).for_each(|to| inverse.insert(to, from));
        }
        inverse
    }

    /// Returns the relation and the identity: `self?`.
    pub(super) fn optional(&self) -> Self {
        self.or(&Self::identity(self.0.len(), Set::MAX))
    }

    /// Returns the transitive closure: `self+`.
    pub(super) fn closure(&self) -> Self {
        let mut closure = self.clone();
        for middle in 0..closure.0.len() {
            let reached = closure.0[middle];
            for row in &mut closure.0 {
                if *row >> middle & 1 == 1 {
                    *row |= reached;
                }
            }
        }
        closure
    }

    /// Returns the relation without pairs of an event and itself.
    pub(super) fn without_self_pairs(&self) -> Self {
        let others = |(event, row): (usize, &Set)| row & !(1 << event);
        Self(self.0.iter().enumerate().map(others).collect())
    }

    /// Returns `true` if no event is related to itself.
    pub(super) fn is_irreflexive(&self) -> bool {
        self.0
            .iter()
            .enumerate()
            .all(|(event, row)| row >> event & 1 == 0)
    }

    /// Returns `true` if no event reaches itself.
    pub(super) fn is_acyclic(&self) -> bool {
        self.closure().is_irreflexive()
    }
}

/// Returns the members of a set, in rising order.
pub(super) fn members(set: Set) -> impl Iterator<Item = usize> {
    let rest = |set: &Set| Some(set & (set - 1)).filter(|rest| *rest != 0);
    std::iter::successors(Some(set).filter(|set| *set != 0), rest).map(|set| set.trailing_zeros() as usize)
}

//! The memory models, as axioms about relations.
//!
//! RC11: Lahav, Vafeiadis, Kang, Hur, Dreyer: *Repairing Sequential Consistency in C/C++11*, PLDI 2017.
//! Deviations, all towards C++20, which is Rust's:
//! - a release sequence is a write and the chain of read-modify-writes that read from it, without later stores of
//!   the same thread;
//! - `sb; hb; sb` in `scb` does not demand that either `sb` leads to another location (strongly-happens-before);
//! - a read-modify-write is one event, so `fr` leaves out pairs of an event and itself, and atomicity is stated
//!   for events. In GenMC it is two, between which `sb` leads: its `sb; hb; sb` may begin or end within one, as if
//!   it were `(sb ∪ [RMW]); hb; (sb ∪ [RMW])`. That forbids what C++20 and the paper allow (litmus test *Z6.U*);
//! - mutexes, spawning and joining: an unlock synchronises with the next lock, and spawn and join edges are in `sb`.
//!
//! Every axiom forbids a cycle, and every relation grows with `rf` and `co`. So a graph in which they are not yet
//! complete and an axiom fails need not be completed.

use super::graph::{Graph, Node};
use super::{Action, Model};
use crate::weak::relation::Relation;

impl Graph {
    /// Returns `true` if the axioms of the model hold.
    pub(super) fn is_consistent(&self, model: Model) -> bool {
        let fr = self.reads_before();
        if !self.is_atomic(&fr) {
            return false;
        }
        let orders = self.rf.or(&self.co).or(&fr);
        if model == Model::SequentiallyConsistent {
            return self.sb.or(&self.handed).or(&orders).is_acyclic();
        }
        let (hb, eco) = (self.happens_before(model), orders.closure());
        let has_no_thin_air = self.sb.or(&self.rf).or(&self.handed).is_acyclic();
        let is_coherent = hb.then(&eco.optional()).is_irreflexive();
        has_no_thin_air && is_coherent && (model != Model::Rc11 || self.psc(&hb, &eco, &fr).is_acyclic())
    }

    /// `fr = rf⁻¹; co`, without pairs of an event and itself.
    fn reads_before(&self) -> Relation {
        self.rf.inverse().then(&self.co).without_self_pairs()
    }

    /// Nothing is between a read-modify-write and its source, nor is the source later.
    fn is_atomic(&self, fr: &Relation) -> bool {
        fr.then(&self.co).is_irreflexive() && self.co.then(&self.rf).is_irreflexive()
    }

    /// `hb = (sb ∪ sw)+`.
    pub(super) fn happens_before(&self, model: Model) -> Relation {
        self.sb.or(&self.synchronises_with(model)).closure()
    }

    fn synchronises_with(&self, model: Model) -> Relation {
        let all = model == Model::ReleaseAcquire;
        let releases = |node: &Node| node.writes() && (all || node.is_release());
        let acquires = |node: &Node| node.reads() && (all || node.is_acquire());
        let [reads, writes] = [self.those(Node::reads), self.those(Node::writes)];
        let release_fences = self.those(|node| node.is_fence() && node.is_release());
        let acquire_fences = self.those(|node| node.is_fence() && node.is_acquire());
        let released = self
            .those(releases)
            .or(&release_fences.then(&self.po).then(&writes));
        let acquired = self
            .those(acquires)
            .or(&reads.then(&self.po).then(&acquire_fences));
        let update = self.those(|node| node.reads() && node.writes());
        let release_sequence = writes.then(&self.rf.then(&update).closure().optional());
        released
            .then(&release_sequence)
            .then(&self.rf)
            .then(&acquired)
            .or(&self.handed)
    }

    /// The partial order that is demanded of accesses and fences with `SeqCst`.
    fn psc(&self, hb: &Relation, eco: &Relation, fr: &Relation) -> Relation {
        let sc = self.those(Node::is_sequentially_consistent);
        let fences = self.those(|node| node.is_fence() && node.is_sequentially_consistent());
        let sb = &self.sb;
        let scb = sb
            .or(&sb.then(hb).then(sb))
            .or(&hb.and(&self.same_location()))
            .or(&self.co)
            .or(fr);
        let begins = sc.or(&fences.then(&hb.optional()));
        let ends = sc.or(&hb.optional().then(&fences));
        let of_accesses = begins.then(&scb).then(&ends);
        let between_fences = hb.or(&hb.then(eco).then(hb));
        of_accesses.or(&fences.then(&between_fences).then(&fences))
    }

    /// The pairs of accesses to the same atomic.
    fn same_location(&self) -> Relation {
        self.pairs(|left, right| match (left.access(), right.access()) {
            (Some(left), Some(right)) => left.location == right.location,
            _ => false,
        })
    }

    /// The conflicting accesses of plain memory that `hb` does not order.
    pub(super) fn races(&self, model: Model) -> Relation {
        let hb = self.happens_before(model);
        let conflicts = self.pairs(|left, right| match (left.action, right.action) {
            (
                Action::Plain { cell, writes },
                Action::Plain {
                    cell: other,
                    writes: other_writes,
                },
            ) => cell == other && (writes || other_writes),
            _ => false,
        });
        let ordered = hb.or(&hb.inverse()).optional();
        conflicts.without(&ordered)
    }

    fn pairs(&self, are_wanted: impl Fn(&Node, &Node) -> bool) -> Relation {
        let mut pairs = Relation::empty(self.nodes.len());
        for (first, left) in self.nodes.iter().enumerate() {
            for (second, right) in self.nodes.iter().enumerate() {
                if are_wanted(left, right) {
                    pairs.insert(first, second);
                }
            }
        }
        pairs
    }
}

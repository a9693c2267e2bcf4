//! The words of a story's claims: they name the threads, the places and the values that the claims are about,
//! and no others.

use super::facts::Facts;
use selvedge_explorer::drawing::{Claim, InVain, Place, Told};
use selvedge_explorer::{Interleaving, ReadsFrom, StuckThread, ThreadId, Value, WaitingFor};
use std::collections::BTreeSet;

/// The things that the sentences of a claim must name.
#[derive(Default)]
struct Named {
    threads: BTreeSet<String>,
    places: BTreeSet<String>,
    /// Values that must be there, among others.
    values: Vec<Value>,
    /// A part of the sentences that no other claim has.
    phrase: &'static str,
}

/// Checks that the sentences of a claim say what the claim is about.
///
/// # Panics
///
/// If they do not.
pub(crate) fn check(told: &Told, interleaving: &Interleaving) {
    let text = told.sentences.join(" ");
    let named = Named::by(&told.claim, Facts(interleaving));
    let context = format!("{text:?} for {:?}", told.claim);
    assert!(!told.sentences.is_empty(), "{context}");
    for sentence in &told.sentences {
        let first = sentence.chars().next();
        assert!(
            first.is_some_and(|first| !first.is_lowercase()) && sentence.ends_with('.'),
            "{context}"
        );
    }
    assert!(text.contains(named.phrase), "{:?}: {context}", named.phrase);
    if let Claim::Panicked(_) = told.claim {
        return; // its message is the program's
    }
    assert_eq!(threads_in(&text), named.threads, "{context}");
    let places = places_in(&text);
    assert_eq!(places, named.places, "{context}");
    for value in named.values {
        let value = value.to_string().replace('-', "−");
        let numbers = text.split(|c: char| !c.is_alphanumeric() && c != '−');
        assert!(
            numbers.into_iter().any(|word| word == value),
            "{value}: {context}"
        );
    }
}

/// Returns the threads that a text names.
fn threads_in(text: &str) -> BTreeSet<String> {
    let text = text.to_lowercase();
    let mut threads = BTreeSet::new();
    for (at, word) in text.match_indices("thread") {
        let rest = text[at + word.len()..].trim_start();
        let id: String = rest
            .chars()
            .take_while(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        let id = id.trim_end_matches('.');
        if text[..at].ends_with("main ") {
            threads.insert("main".to_owned());
        } else if !id.is_empty() {
            threads.insert(id.to_owned());
        }
    }
    threads
}

/// Returns the places that a text names: a file and a line each.
fn places_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| c.is_whitespace() || "(),;".contains(c));
    let words = words.map(|word| word.trim_end_matches(['.', ':']));
    words
        .filter(|word| word.contains(".rs:"))
        .map(str::to_owned)
        .collect()
}

impl Named {
    fn phrase(phrase: &'static str) -> Self {
        Self {
            phrase,
            ..Self::default()
        }
    }

    fn thread(mut self, id: ThreadId) -> Self {
        self.threads.insert(id.to_string());
        self
    }

    fn place(mut self, facts: Facts<'_>, index: usize) -> Self {
        self.places.insert(Place::from(facts.event(index)).to_string());
        self
    }

    /// An event with its thread and its place.
    fn event(self, facts: Facts<'_>, index: usize) -> Self {
        self.thread(facts.thread(index)).place(facts, index)
    }

    fn value(mut self, value: Option<Value>) -> Self {
        self.values.extend(value);
        self
    }

    fn threads_of(self, facts: Facts<'_>, events: &[usize]) -> Self {
        events
            .iter()
            .fold(self, |named, &index| named.thread(facts.thread(index)))
    }

    fn stuck(mut self, stuck: &StuckThread) -> Self {
        self.places.insert(Place::from(stuck).to_string());
        for holder in &stuck.holders {
            self.places.insert(Place::from(holder).to_string());
            self = self.thread(holder.thread);
        }
        self.waits(stuck)
    }

    fn waits(self, stuck: &StuckThread) -> Self {
        let named = self.thread(stuck.thread);
        match stuck.waiting_for {
            WaitingFor::End(other) | WaitingFor::Writer(other) => named.thread(other),
            _ => named,
        }
    }

    fn by(claim: &Claim, facts: Facts<'_>) -> Self {
        match claim {
            Claim::LostUpdate { read, missed, store } => {
                Self::overwritten(facts, *read, missed, *store, "lost.")
            }
            Claim::SameValueStored { read, missed, store } => Self::overwritten(
                facts,
                *read,
                missed,
                *store,
                "if it computed that from what it had read",
            ),
            Claim::FlagSetAgain { read, missed, store } => {
                Self::overwritten(facts, *read, missed, *store, "as well")
            }
            Claim::NotSeen { read, missed } => {
                let named = Self::phrase("othing makes that store visible")
                    .event(facts, *read)
                    .event(facts, *missed);
                let named = named.value(facts.before(*read)).value(facts.after(*missed));
                match facts.event(*read).reads_from {
                    Some(ReadsFrom::Event(source)) => named.event(facts, source),
                    _ => named,
                }
            }
            Claim::PutBefore { store, later } => {
                let named = Self::phrase("comes before the")
                    .event(facts, *store)
                    .event(facts, *later);
                named.value(facts.after(*store)).value(facts.after(*later))
            }
            Claim::MoreUnseen(_) => Self::phrase("not see all that came before"),
            Claim::MoreLost { surely: true, .. } => Self::phrase("lost in the same way"),
            Claim::MoreLost { surely: false, .. } => Self::phrase("may have been lost in the same way"),
            Claim::OutOfDate {
                looked,
                others,
                changed,
            } => {
                let last = others.last().expect("at least one");
                let named = Self::phrase("was out of date")
                    .event(facts, *looked)
                    .place(facts, *last);
                named
                    .place(facts, *changed)
                    .threads_of(facts, others)
                    .value(facts.after(*looked))
            }
            Claim::Aba { read, between, write } => {
                let old = facts.before(*read);
                let mut away = between.iter().filter(|&&index| facts.after(index) != old);
                let away = *away.next().expect("one leaves it");
                let back = *between.last().expect("one comes back");
                let named = Self::phrase("ABA")
                    .event(facts, *read)
                    .place(facts, away)
                    .place(facts, back);
                let named = named.event(facts, *write).threads_of(facts, between);
                named
                    .value(old)
                    .value(facts.after(away))
                    .value(facts.after(*write))
            }
            Claim::Chose(event) => Self::phrase(" chose ").event(facts, *event),
            Claim::NotifiedInTime(event) => Self::phrase("in time").event(facts, *event),
            Claim::TimedOut(event) => Self::phrase("until the time was up").event(facts, *event),
            Claim::EndedForNoReason(event) => Self::phrase("for no reason").event(facts, *event),
            Claim::NotAcquired(event) => Self::phrase("could not have").event(facts, *event),
            Claim::Poisoned(event) => Self::phrase("and so poisoned").event(facts, *event),
            Claim::HeldBetween {
                first,
                second,
                others,
            } => {
                let named = Self::phrase("gave it back")
                    .event(facts, *first)
                    .event(facts, *second);
                named.threads_of(facts, others)
            }
            Claim::Turns { acquisitions, .. } => {
                let turns = acquisitions.chunk_by(|&one, &next| facts.thread(one) == facts.thread(next));
                match turns.count() > 4 {
                    true => Self::phrase("turns in all"),
                    false => Self::phrase(", then ").threads_of(facts, acquisitions),
                }
            }
            Claim::GivenBack { first, second } => {
                let named = Self::phrase("no other thread came in there").event(facts, *first);
                named.event(facts, *second)
            }
            Claim::ExchangeFailed { event, read } => {
                let named = Self::phrase("and stored nothing").event(facts, *event);
                match read {
                    Some(read) => named.place(facts, *read),
                    None => named.value(facts.before(*event)),
                }
            }
            Claim::Indivisible { .. } => Self::phrase("in one step"),
            Claim::Current { .. } => Self::phrase("since that thread last read it"),
            Claim::NothingShared => Self::phrase("touch nothing in common"),
            Claim::AllEnded => Self::phrase("ran to its end"),
            Claim::DataRace { first, second } => {
                let named = Self::phrase(", and ").event(facts, *first).event(facts, *second);
                named.value(facts.after(*first)).value(facts.after(*second))
            }
            Claim::MetWithoutOrder { write, read, .. } => Self::phrase("which orders nothing else")
                .event(facts, *write)
                .event(facts, *read),
            Claim::LastSynchronised { last, untouched } => {
                let named = Self::phrase("last synchronised with").event(facts, *last);
                untouched
                    .map_or(Self::default(), |thread| Self::default().thread(thread))
                    .and(named)
            }
            Claim::NothingOrders => Self::phrase("no lock, no atomic and no join"),
            Claim::AnythingMayHappen => Self::phrase("anything may happen"),
            Claim::Circle(threads) => threads
                .iter()
                .fold(Self::phrase("none of them can ever go on"), Self::stuck),
            Claim::WaitsForItself(stuck) => {
                let mut alone = stuck.clone();
                alone.holders.retain(|holder| holder.thread == stuck.thread);
                Self::phrase("it waits for itself").stuck(&alone)
            }
            Claim::WaitsInVain { stuck, reason } => Self::reason(facts, reason).stuck(stuck),
            Claim::MoreWait(_) => Self::phrase(" for ever"),
            Claim::JoinInVain(threads) => threads.iter().fold(Self::phrase(" to end"), Self::waits),
            Claim::Panicked(_) => Self::phrase("panicked"),
            Claim::LastValue { event, is_last } => {
                let named = Self::phrase(if *is_last {
                    "he last thing"
                } else {
                    "ome time before"
                });
                named.place(facts, *event).value(facts.after(*event))
            }
            Claim::LeftPoisoned { untouched, .. } => Self::phrase(if *untouched {
                "gets an error"
            } else {
                "and so poisoned"
            }),
            Claim::CutOff(_) => Self::phrase("not followed further"),
            other => panic!("no words for {other:?} are known"),
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.threads.extend(other.threads);
        Self {
            threads: self.threads,
            ..other
        }
    }

    fn overwritten(
        facts: Facts<'_>,
        read: usize,
        missed: &[usize],
        store: usize,
        phrase: &'static str,
    ) -> Self {
        let last = *missed.last().expect("at least one");
        let named = Self::phrase(phrase)
            .event(facts, read)
            .place(facts, last)
            .event(facts, store);
        let named = named.threads_of(facts, missed).value(facts.before(read));
        named.value(facts.after(last)).value(facts.after(store))
    }

    fn reason(facts: Facts<'_>, reason: &InVain) -> Self {
        match reason {
            InVain::Held => Self::phrase("waits to "),
            InVain::NobodyLeft => Self::phrase("no thread is left"),
            InVain::OutOfOrder => Self::phrase("nothing that would let it go on reaches it"),
            InVain::WokenBefore(notification) => {
                Self::phrase("woke it from an earlier wait").event(facts, *notification)
            }
            InVain::WokeOthers {
                notification, woken, ..
            } => {
                let named = Self::phrase(" woke ").event(facts, *notification);
                woken.iter().fold(named, |named, &thread| named.thread(thread))
            }
            InVain::GaveUp {
                notification,
                time_out,
            } => {
                let named = Self::phrase("before it waited again").event(facts, *notification);
                named.place(facts, *time_out)
            }
            InVain::TooEarly(notification) => Self::phrase("came before").event(facts, *notification),
            InVain::TokenTaken { unparks, park } => unparks
                .iter()
                .fold(Self::phrase("was taken by its park"), |named, &index| {
                    named.event(facts, index)
                })
                .place(facts, *park),
            other => panic!("no words for {other:?} are known"),
        }
    }
}

//! The story of steps that do not see what other threads did above them: weak memory.

use crate::drawing::claim::Claim;
use crate::drawing::findings::Findings;
use crate::drawing::names::thread_in_words;
use crate::drawing::place::at;
use crate::drawing::words::value;
use crate::{Event, Interleaving, ReadsFrom};

/// Puts a claim about what is not seen into words.
pub(super) fn words(claim: &Claim, interleaving: &Interleaving, findings: &Findings) -> Vec<String> {
    let event = |index: usize| &interleaving.steps[index].event;
    match claim {
        Claim::NotSeen { read, missed } => {
            let (read, missed) = (event(*read), event(*missed));
            vec![
                format!(
                    "{} read {}{} {}, {}, and did not see {} {}",
                    thread_in_words(read.thread),
                    object(read, findings),
                    read.before
                        .map_or_else(String::new, |before| format!(" = {}", value(before))),
                    at(read),
                    source(read, interleaving),
                    stored(missed),
                    at(missed)
                ),
                "nothing makes that store visible to the read: it does not happen before it".to_owned(),
            ]
        }
        Claim::PutBefore { store, later } => {
            let (store, later) = (event(*store), event(*later));
            vec![format!(
                "{} stored {}in {} {}, but in the order in which stores take effect that comes before {} {}, which \
                 does not happen before it",
                thread_in_words(store.thread),
                store.after.map_or_else(String::new, |after| value(after) + " "),
                object(store, findings),
                at(store),
                stored(later),
                at(later)
            )]
        }
        Claim::MoreUnseen(1) => vec!["1 more step did not see all that came before it".to_owned()],
        Claim::MoreUnseen(more) => vec![format!("{more} more steps did not see all that came before them")],
        _ => Vec::new(),
    }
}

fn object(event: &Event, findings: &Findings) -> String {
    let object = event.object.map(|(_, id)| findings.names.object(id));
    object.unwrap_or_default()
}

/// Tells where the value comes from that an event reads.
fn source(read: &Event, interleaving: &Interleaving) -> String {
    match read.reads_from {
        Some(ReadsFrom::Event(source)) => {
            let source = &interleaving.steps[source].event;
            let who = match source.thread == read.thread {
                true => "it".to_owned(),
                false => thread_in_words(source.thread),
            };
            format!("which {who} had stored {}", at(source))
        }
        Some(ReadsFrom::Initial) | None => "its first value".to_owned(),
    }
}

/// Names what an event stored: `the 1 that thread 2 had stored`.
fn stored(event: &Event) -> String {
    let who = thread_in_words(event.thread);
    match event.after {
        Some(after) => format!("the {} that {who} had stored", value(after)),
        None => format!("what {who} had stored"),
    }
}

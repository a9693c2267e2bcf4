//! The numbers of interleavings from each state to each ending.

use super::graph::Graph;
use crate::numbers::grouped;

/// The greatest number of interleavings that a page can show: JavaScript has no exact integers beyond it.
const MOST: u64 = 1 << 53;

/// Counts, for each state and each ending, the interleavings that lead there from the state.
///
/// `ending` gives the index of the ending of a state that is one. A step leads to a later state, so the states
/// are visited from the last to the first: each is the sum of those that its steps lead to.
///
/// # Errors
///
/// If there are too many to be shown.
pub(super) fn counts(
    graph: &Graph,
    endings: usize,
    ending: impl Fn(usize) -> Option<usize>,
) -> Result<Vec<Vec<u64>>, String> {
    let mut counts = vec![vec![0_u64; endings]; graph.states.len()];
    for index in (0..graph.states.len()).rev() {
        let mut here = vec![0_u64; endings];
        if let Some(ending) = ending(index) {
            here[ending] = 1;
        }
        for edge in &graph.states[index].edges {
            for (sum, more) in here.iter_mut().zip(&counts[edge.to]) {
                *sum += more;
            }
        }
        if here.iter().sum::<u64>() > MOST {
            return Err(format!("it has more than {} interleavings", grouped(MOST)));
        }
        counts[index] = here;
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::super::graph::built::graph;
    use super::*;

    /// Counts in a row of states, with two steps from each to the next.
    fn counted(length: usize) -> Result<Vec<Vec<u64>>, String> {
        let steps: Vec<Vec<(&str, usize)>> = (1..=length).map(|to| vec![("1", to), ("2", to)]).collect();
        let steps: Vec<&[(&str, usize)]> = steps.iter().map(Vec::as_slice).chain([&[][..]]).collect();
        counts(&graph(&steps), 2, |state| (state == length).then_some(1))
    }

    #[test]
    fn each_choice_doubles_the_number_until_there_are_too_many() {
        assert_eq!(
            counted(3),
            Ok(vec![vec![0, 8], vec![0, 4], vec![0, 2], vec![0, 1]])
        );
        assert_eq!(
            counted(53).expect("just as many as can be shown")[0],
            [0, 1 << 53]
        );
        let too_many = "it has more than 9,007,199,254,740,992 interleavings".to_owned();
        assert_eq!(counted(54), Err(too_many.clone()));
        assert_eq!(counted(200), Err(too_many), "the sum does not overflow");
    }
}

//! The choices of a path, turned on like the wheels of an odometer.

/// The alternatives of one choice, and the one that is taken.
#[derive(Clone, Copy, Debug)]
struct Choice {
    taken: u64,
    of: u64,
}

/// A depth-first walk over all sequences of choices.
#[derive(Debug, Default)]
pub(super) struct Odometer {
    choices: Vec<Choice>,
    /// The number of choices that the path has made so far.
    made: usize,
}

/// A path had other alternatives than when it was taken before.
pub(super) struct Differs;

impl Odometer {
    /// Returns the odometer that takes this path, and no other.
    pub(super) fn fixed(path: &[u64]) -> Self {
        Odometer {
            choices: path.iter().map(|&taken| Choice { taken, of: 0 }).collect(),
            made: 0,
        }
    }

    /// Returns to the start of the path.
    #[inline]
    pub(super) fn rewind(&mut self) {
        self.made = 0;
    }

    /// Returns the alternative to take, the first one where the path is new.
    #[inline]
    pub(super) fn choose(&mut self, of: u64) -> Result<u64, Differs> {
        let made = self.made;
        self.made += 1;
        match self.choices.get_mut(made) {
            Some(choice) if choice.of == of => Ok(choice.taken),
            // A path that is taken once more to be shown: its alternatives are not known.
            Some(choice) if choice.of == 0 => {
                choice.of = of;
                Ok(choice.taken)
            }
            Some(_) => Err(Differs),
            None => {
                self.choices.push(Choice { taken: 0, of });
                Ok(0)
            }
        }
    }

    /// Returns `true` if the path has made all the choices that it made before.
    #[inline]
    pub(super) fn is_complete(&self) -> bool {
        self.made == self.choices.len()
    }

    /// Goes on to the next path; returns `false` if this was the last one.
    #[inline]
    pub(super) fn advance(&mut self) -> bool {
        self.made = 0;
        while let Some(last) = self.choices.last_mut() {
            if last.taken + 1 < last.of {
                last.taken += 1;
                return true;
            }
            self.choices.pop();
        }
        false
    }

    /// Returns the choices made so far.
    pub(super) fn path(&self) -> Vec<u64> {
        let made = self.choices.iter().take(self.made);
        made.map(|choice| choice.taken).collect()
    }

    /// Returns the number of paths if all were as long as this one and had as many alternatives.
    pub(super) fn estimate(&self) -> u64 {
        let product = |product: u64, choice: &Choice| product.saturating_mul(choice.of.max(1));
        self.choices.iter().fold(1, product)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sequence_comes_up_once() {
        let mut odometer = Odometer::default();
        let mut paths = Vec::new();
        loop {
            let first = odometer.choose(3).ok().unwrap();
            // A second choice only after the second alternative.
            if first == 1 {
                odometer.choose(2).ok().unwrap();
            }
            paths.push(odometer.path());
            if !odometer.advance() {
                break;
            }
        }
        assert_eq!(paths, [vec![0], vec![1, 0], vec![1, 1], vec![2]]);
    }
}

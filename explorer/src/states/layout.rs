//! The layout of keys: where in a key each part of a state lies.

use super::key::Field;
use super::refused::Refused;

/// The largest number of bits of a part.
const WIDEST: u32 = 40;

/// The numbers of bits that the parts of a state need so far.
#[derive(Clone, Debug)]
pub(super) struct Needs {
    /// For each object, and for the local state of each thread.
    pub(super) growing: Vec<u32>,
    /// For the iteration of each thread, and for the threads asleep: these do not grow.
    pub(super) fixed: Vec<u32>,
}

/// The width of keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Width {
    W64,
    W128,
    W256,
}

/// The places of the parts of a state in a key.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) width: Width,
    pub(super) growing: Vec<Field>,
    pub(super) fixed: Vec<Field>,
}

/// Returns the number of bits that numbers up to this one have.
pub(super) fn bits_of(largest: u64) -> u32 {
    u64::BITS - largest.leading_zeros()
}

impl Layout {
    /// Lays the parts out in the narrowest keys in which they have room, and shares what is left.
    pub(super) fn of(needs: &Needs) -> Result<Self, Refused> {
        for (width, words) in [
            (Width::W64, &[63][..]),
            (Width::W128, &[127]),
            (Width::W256, &[63, 63, 63, 63]),
        ] {
            if let Some(layout) = Self::fitted(needs, width, words) {
                return Ok(layout);
            }
        }
        let bits = needs.growing.iter().chain(&needs.fixed).sum();
        Err(Refused::Large { bits })
    }

    /// Lays the parts out in words of so many bits, if they have room.
    fn fitted(needs: &Needs, width: Width, words: &[u32]) -> Option<Self> {
        let parts = needs.growing.len().max(1) as u32;
        let needed: u32 = needs.growing.iter().chain(&needs.fixed).sum();
        let mut spare = words.iter().sum::<u32>().checked_sub(needed)? / parts;
        loop {
            let wider = |bits: &u32| (bits + spare).min(WIDEST);
            let widths: Vec<u32> = needs
                .growing
                .iter()
                .map(wider)
                .chain(needs.fixed.iter().copied())
                .collect();
            if let Some(mut growing) = placed(&widths, words) {
                let fixed = growing.split_off(needs.growing.len());
                return Some(Self {
                    width,
                    growing,
                    fixed,
                });
            }
            spare = spare.checked_sub(1)?;
        }
    }
}

/// Places parts of these widths into words of so many bits: the widest first, each in the first word that has
/// room.
fn placed(widths: &[u32], words: &[u32]) -> Option<Vec<Field>> {
    let mut order: Vec<usize> = (0..widths.len()).collect();
    order.sort_by_key(|&part| std::cmp::Reverse(widths[part]));
    let mut used = vec![0; words.len()];
    let mut fields = vec![Field::default(); widths.len()];
    for part in order {
        let bits = widths[part];
        let word = (0..words.len()).find(|&word| used[word] + bits <= words[word])?;
        fields[part] = Field {
            shift: 64 * word as u32 + used[word],
            bits,
        };
        used[word] += bits;
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(growing: &[u32], fixed: &[u32]) -> Result<Layout, Refused> {
        Layout::of(&Needs {
            growing: growing.to_vec(),
            fixed: fixed.to_vec(),
        })
    }

    #[test]
    fn the_narrowest_keys_that_have_room_are_taken() {
        assert_eq!(layout(&[1, 1, 1], &[10, 10]).unwrap().width, Width::W64);
        assert_eq!(layout(&[20, 20, 20], &[3]).unwrap().width, Width::W64);
        assert_eq!(layout(&[20, 20, 20], &[4]).unwrap().width, Width::W128);
        assert_eq!(layout(&[40, 40, 40], &[7]).unwrap().width, Width::W128);
        assert_eq!(layout(&[40, 40, 40], &[8]).unwrap().width, Width::W256);
        assert_eq!(layout(&[40; 7], &[]).unwrap_err(), Refused::Large { bits: 280 });
    }

    #[test]
    fn parts_lie_apart_and_within_words() {
        let layout = layout(&[30; 7], &[10, 10, 10]).unwrap();
        let mut fields = layout.growing;
        fields.extend(layout.fixed);
        fields.sort_by_key(|field| field.shift);
        for pair in fields.windows(2) {
            assert!(pair[0].shift + pair[0].bits <= pair[1].shift, "{pair:?}");
        }
        for field in fields {
            assert_eq!(field.shift / 64, (field.shift + field.bits - 1) / 64, "{field:?}");
        }
    }
}

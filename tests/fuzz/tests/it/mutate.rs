//! A small mutator with a seed: the same inputs on every machine and every day.

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators): nine lines that no release of a crate
/// changes.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 if there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).expect("it fits")
    }

    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

/// Inputs do not grow beyond this; large ones are made on purpose.
const LONGEST: usize = 4096;
/// Bytes that readers trip over.
const BYTES: [u8; 12] = [0, 1, b'\t', b'\n', b'\r', 0x1b, b' ', 0x7f, 0x80, 0xc2, 0xef, 0xff];

/// A new input of the known ones and the words.
pub(crate) fn input(random: &mut Random, known: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    let mut data = random.one(known).cloned().unwrap_or_default();
    for _ in 0..=random.below(6) {
        change(random, &mut data, known, words);
        data.truncate(LONGEST);
    }
    data
}

fn change(random: &mut Random, data: &mut Vec<u8>, known: &[Vec<u8>], words: &[Vec<u8>]) {
    let at = random.below(data.len() + 1);
    let end = at + random.below((data.len() - at).min(64) + 1);
    match random.below(10) {
        0 => {
            let bit = 1 << random.below(8);
            data.get_mut(at).into_iter().for_each(|byte| *byte ^= bit);
        }
        1 => {
            let byte = *random.one(&BYTES).expect("one");
            data.get_mut(at).into_iter().for_each(|old| *old = byte);
        }
        2 => drop(data.drain(at..end)),
        3 => data.truncate(at),
        4 => {
            let part = data[at..end].to_vec();
            let times = 1 + random.below(8);
            data.splice(at..at, part.repeat(times));
        }
        5 => {
            let other = random.one(known).cloned().unwrap_or_default();
            let from = random.below(other.len() + 1);
            data.splice(at.., other[from..].to_vec());
        }
        6 => data.insert(at, u8::try_from(random.below(256)).expect("a byte")),
        7 => {
            let word = random.one(words).cloned().unwrap_or_default();
            data.splice(at..end, word);
        }
        _ => {
            let word = random.one(words).cloned().unwrap_or_default();
            data.splice(at..at, word);
        }
    }
}

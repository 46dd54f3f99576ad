//! An input taken apart: fields between separators that no text of a person holds, so that a corpus can be read, and a
//! mutator that splices two inputs makes a third one that still means something.

/// Between the fields of an input (the record separator of ASCII).
pub(crate) const RECORD: u8 = 0x1e;
/// Between the parts of a field (the unit separator of ASCII).
pub(crate) const UNIT: u8 = 0x1f;

/// The fields of an input; at least one.
pub(crate) fn fields(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == RECORD)
}

/// The parts of a field as texts; missing ones are empty.
pub(crate) fn parts<const N: usize>(field: &[u8]) -> [String; N] {
    let mut found = field.split(|byte| *byte == UNIT);
    std::array::from_fn(|_| text(found.next().unwrap_or_default()))
}

/// The bytes as text, whatever they are.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A byte in front, and what follows it.
pub(crate) fn lead(field: &[u8]) -> (u8, &[u8]) {
    field.split_first().map_or((0, field), |(byte, rest)| (*byte, rest))
}

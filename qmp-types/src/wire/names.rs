//! Finding the names of members quickly.

/// The number of slots, a power of two.
const SLOTS: usize = 64;

/// The numbers of names that are hashed. With more names the slots would be too
/// full, and with fewer it is faster to compare all of them.
const HASHED: std::ops::RangeInclusive<usize> = 3..=48;

/// The names of the members of an object, as generated code declares them.
///
/// ```
/// use qmp_types::wire::Names;
///
/// const NAMES: &Names = &Names::new(&["status", "running"]);
/// assert_eq!(NAMES.find("running"), Some(1));
/// assert_eq!(NAMES.find("walking"), None);
/// ```
#[derive(Debug)]
pub struct Names {
    names: &'static [&'static str],
    /// The index of each name plus 1, at the hash of the name or at the next free slot
    /// after it; 0 in free slots.
    slots: [u8; SLOTS],
}

impl Names {
    /// Creates the table of names.
    pub const fn new(names: &'static [&'static str]) -> Self {
        let mut slots = [0; SLOTS];
        if is_hashed(names.len()) {
            let mut index = 0;
            while index < names.len() {
                let mut slot = hash(names[index].as_bytes());
                while slots[slot] != 0 {
                    slot = (slot + 1) % SLOTS;
                }
                // It fits, because there are fewer names than slots.
                slots[slot] = index as u8 + 1;
                index += 1;
            }
        }
        Self { names, slots }
    }

    /// Returns the index of a name.
    #[inline]
    pub fn find(&self, name: &str) -> Option<usize> {
        if !is_hashed(self.names.len()) {
            let first = name.as_bytes().first();
            return self
                .names
                .iter()
                .position(|other| other.as_bytes().first() == first && *other == name);
        }
        let mut slot = hash(name.as_bytes());
        loop {
            // There are more slots than names, so a free one is reached.
            let index = usize::from(self.slots[slot]).checked_sub(1)?;
            if self.names[index] == name {
                return Some(index);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// Returns all names, in the order of the schema.
    pub(super) fn all(&self) -> &'static [&'static str] {
        self.names
    }

    /// Returns the name at an index that [`find`](Self::find) returned.
    pub(super) fn at(&self, index: usize) -> &'static str {
        self.names[index]
    }
}

const fn is_hashed(count: usize) -> bool {
    *HASHED.start() <= count && count <= *HASHED.end()
}

/// Returns a slot that depends on the length and on three bytes, which are enough to
/// distinguish most names.
const fn hash(name: &[u8]) -> usize {
    let length = name.len();
    if length == 0 {
        return 0;
    }
    let (first, middle, last) = (name[0], name[length / 2], name[length - 1]);
    let hash = length + 3 * first as usize + 7 * middle as usize + 13 * last as usize;
    hash % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() {
        const FEW: &Names = &Names::new(&["a", ""]);
        const ALIKE: &Names = &Names::new(&[
            "rd_bytes", "wr_bytes", "rd_ops", "wr_ops", "abcba", "abbba", "x", "", "rd-bytes",
        ]);
        for names in [FEW, ALIKE] {
            for (index, name) in names.names.iter().enumerate() {
                assert_eq!(names.find(name), Some(index));
                assert_eq!(names.at(index), *name);
            }
            for other in ["rd_byte", "b", "ab", "acbba", "wr_opss"] {
                assert_eq!(names.find(other), None);
            }
        }
    }
}

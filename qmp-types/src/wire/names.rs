//! The names of an object's members, to be found quickly.

/// How many slots there are: a power of two.
const SLOTS: usize = 64;

/// Beyond so many names, slots would fill up, and below so few, looking at each
/// is quicker.
const HASHED: std::ops::RangeInclusive<usize> = 3..=48;

/// The names of an object's members, as generated code declares them.
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
    /// One more than the index of a name, at its hash or at the next slot that
    /// was free; 0 where none is.
    slots: [u8; SLOTS],
}

impl Names {
    /// Prepares the names.
    pub const fn new(names: &'static [&'static str]) -> Self {
        let mut slots = [0; SLOTS];
        if is_hashed(names.len()) {
            let mut index = 0;
            while index < names.len() {
                let mut slot = hash(names[index].as_bytes());
                while slots[slot] != 0 {
                    slot = (slot + 1) % SLOTS;
                }
                // There are fewer names than slots.
                slots[slot] = index as u8 + 1;
                index += 1;
            }
        }
        Self { names, slots }
    }

    /// The index of a name.
    #[inline]
    pub fn find(&self, name: &str) -> Option<usize> {
        if !is_hashed(self.names.len()) {
            let first = name.as_bytes().first();
            return self
                .names
                .iter()
                .position(|known| known.as_bytes().first() == first && *known == name);
        }
        let mut slot = hash(name.as_bytes());
        loop {
            // An empty slot is reached, since there are more slots than names.
            let index = usize::from(self.slots[slot]).checked_sub(1)?;
            if self.names[index] == name {
                return Some(index);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// All of them, in the schema's order.
    pub(super) fn all(&self) -> &'static [&'static str] {
        self.names
    }

    /// The name at an index that was found.
    pub(super) fn at(&self, index: usize) -> &'static str {
        self.names[index]
    }
}

const fn is_hashed(count: usize) -> bool {
    *HASHED.start() <= count && count <= *HASHED.end()
}

/// A slot that depends on what most often tells names apart.
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

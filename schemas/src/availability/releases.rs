//! Sets of releases.

use std::fmt;

/// A set of the releases of a [`Table`](super::Table).
///
/// It is written as ranges, such as `2.9-6.1,7.0-`: from 2.9 to 6.1, and again from
/// 7.0 to the newest. The set of all releases is `-`.
///
/// ```
/// let table = qapi_schemas::availability("qmp").unwrap();
/// let releases = table.definition("block-commit").unwrap().releases();
/// assert_eq!(releases.to_string(), "1.3-");
/// assert_eq!(releases.first(), Some("1.3"));
/// assert!(releases.contains("2.0") && !releases.contains("1.2"));
/// ```
#[derive(Clone, Copy)]
pub struct Releases<'t> {
    /// All releases, oldest first.
    all: &'t [&'t str],
    /// A bit for each of them, the lowest for the oldest.
    bits: u128,
}

/// The largest number of releases that a set holds.
pub(super) const MOST: usize = u128::BITS as usize;

impl<'t> Releases<'t> {
    /// The empty set over a list of releases, oldest first.
    pub(super) fn none(all: &'t [&'t str]) -> Self {
        Self { all, bits: 0 }
    }

    pub(super) fn every(all: &'t [&'t str]) -> Self {
        let unused = MOST.saturating_sub(all.len()) as u32;
        let bits = u128::MAX.checked_shr(unused).unwrap_or(0);
        Self { all, bits }
    }

    /// Reads ranges.
    pub(super) fn parse(all: &'t [&'t str], text: &str) -> Option<Self> {
        let index = |name: &str| all.iter().position(|release| *release == name);
        let mut bits = 0;
        for range in text.split(',') {
            let (first, last) = match range.split_once('-') {
                Some(("", "")) => (0, all.len().checked_sub(1)?),
                Some((first, "")) => (index(first)?, all.len().checked_sub(1)?),
                Some((first, last)) => (index(first)?, index(last)?),
                None => (index(range)?, index(range)?),
            };
            if last < first {
                return None;
            }
            for at in first..=last {
                bits |= 1 << at;
            }
        }
        Some(Self { all, bits })
    }

    /// All releases over which this is a set, oldest first.
    pub fn all(self) -> &'t [&'t str] {
        self.all
    }

    /// Whether no release is in the set.
    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The number of releases in the set.
    pub fn len(self) -> usize {
        self.bits.count_ones() as usize
    }

    /// Whether a release, such as `11.1`, is in the set. A release that the table does
    /// not have is in no set.
    pub fn contains(self, release: &str) -> bool {
        self.iter().any(|name| name == release)
    }

    /// The releases in the set, oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'t str> {
        let all = self.all.iter().enumerate();
        all.filter(move |(at, _)| self.bits & (1 << at) != 0)
            .map(|(_, name)| *name)
    }

    /// The oldest release in the set.
    pub fn first(self) -> Option<&'t str> {
        self.iter().next()
    }

    /// The newest release in the set.
    pub fn last(self) -> Option<&'t str> {
        self.iter().next_back()
    }

    /// The releases in the set of which a function says so. It is asked of each, the
    /// oldest first.
    pub fn filter(self, mut keep: impl FnMut(&str) -> bool) -> Self {
        let mut bits = self.bits;
        for (at, name) in self.all.iter().enumerate() {
            if bits & (1 << at) != 0 && !keep(name) {
                bits &= !(1 << at);
            }
        }
        Self { bits, ..self }
    }

    /// The ranges that the set consists of: the first and the last release of each.
    ///
    /// ```
    /// let table = qapi_schemas::availability("qmp").unwrap();
    /// let releases = table.definition("query-cpus").unwrap().releases();
    /// assert_eq!(releases.ranges(), [("1.0", "5.2")]);
    /// ```
    pub fn ranges(self) -> Vec<(&'t str, &'t str)> {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for at in (0..self.all.len()).filter(|at| self.bits & (1 << at) != 0) {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == at => *last = at,
                _ => ranges.push((at, at)),
            }
        }
        let names = ranges.into_iter();
        names
            .map(|(first, last)| (self.all[first], self.all[last]))
            .collect()
    }

    /// The releases that are in one set or the other. Both must be of one table.
    pub fn union(self, other: Self) -> Self {
        let bits = self.bits | other.bits;
        Self { bits, ..self }
    }

    /// The releases that are in both sets. Both must be of one table.
    pub fn intersection(self, other: Self) -> Self {
        let bits = self.bits & other.bits;
        Self { bits, ..self }
    }

    /// The releases that are in this set and not in the other. Both must be of one
    /// table.
    pub fn difference(self, other: Self) -> Self {
        let bits = self.bits & !other.bits;
        Self { bits, ..self }
    }

    /// The releases of the table from one to another, both included. A release that
    /// the table does not have stands between its neighbours.
    ///
    /// ```
    /// let table = qapi_schemas::availability("qmp").unwrap();
    /// let some = table.releases().within("6.2", "7.1");
    /// assert_eq!(some.iter().collect::<Vec<_>>(), ["6.2", "7.0", "7.1"]);
    /// ```
    pub fn within(self, first: &str, last: &str) -> Self {
        self.filter(|name| key(first) <= key(name) && key(name) <= key(last))
    }
}

/// What releases are compared by.
pub(super) fn key(release: &str) -> Option<(u32, u32)> {
    let (major, minor) = release.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

impl PartialEq for Releases<'_> {
    /// Compares two sets of one table.
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl Eq for Releases<'_> {}

impl fmt::Debug for Releases<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Releases({self})")
    }
}

impl fmt::Display for Releases<'_> {
    /// Writes the ranges.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (oldest, newest) = (self.all.first(), self.all.last());
        for (index, (first, last)) in self.ranges().into_iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            let (open_first, open_last) = (oldest == Some(&first), newest == Some(&last));
            match (first, last) {
                _ if open_first && open_last => f.write_str("-")?,
                (first, _) if open_last => write!(f, "{first}-")?,
                (first, last) if first == last => f.write_str(first)?,
                (first, last) => write!(f, "{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const ALL: [&str; 5] = ["1.0", "1.1", "2.0", "2.1", "3.0"];

    #[test]
    fn ranges_read_as_they_are_written() {
        for text in [
            "-",
            "1.1-",
            "1.0-1.1",
            "1.0",
            "3.0-",
            "1.0,2.0-2.1",
            "1.0-1.1,2.1-",
        ] {
            let set = Releases::parse(&ALL, text).unwrap();
            assert_eq!(set.to_string(), text);
            let members = ALL.iter().filter(|name| set.contains(name));
            assert_eq!(members.count(), set.len(), "{text}");
        }
    }

    #[test]
    fn what_is_no_set_is_not_read() {
        for text in ["", ",", "1.2", "2.0-1.0", "1.0 -", "1.0-9.9", "-1.0,"] {
            assert_eq!(Releases::parse(&ALL, text), None, "{text}");
        }
    }

    #[test]
    fn sets_are_combined() {
        let set = |text| Releases::parse(&ALL, text).unwrap();
        assert_eq!(set("1.0-2.0").intersection(set("2.0-")), set("2.0"));
        assert_eq!(set("1.0").union(set("2.1-")).to_string(), "1.0,2.1-");
        assert_eq!(set("-").difference(set("1.1-2.1")).to_string(), "1.0,3.0-");
        assert_eq!(Releases::every(&ALL), set("-"));
        assert!(Releases::none(&ALL).is_empty());
        assert_eq!(Releases::none(&ALL).first(), None);
        assert_eq!(set("-").within("1.5", "2.9").to_string(), "2.0-2.1");
    }
}

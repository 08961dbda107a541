//! Sets of releases.

/// Which of the releases of a merged schema have something. The releases are those of
/// [`Schema::releases`](crate::Schema::releases), and are known by their place in it.
///
/// What stands in the schema of one release has [`Releases::ALL`].
///
/// ```
/// use qapi_parser::schema::Releases;
///
/// let some: Releases = [0, 2].into_iter().collect();
/// assert!(some.contains(2) && !some.contains(1));
/// assert_eq!(some.iter().last(), Some(2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Releases(u64);

impl Releases {
    /// Every release.
    pub const ALL: Releases = Releases(u64::MAX);

    /// No release.
    pub const NONE: Releases = Releases(0);

    /// The number of releases that a set can tell apart.
    pub const MOST: usize = u64::BITS as usize;

    /// The set of the first `count` releases.
    ///
    /// ```
    /// # use qapi_parser::schema::Releases;
    /// assert_eq!(Releases::first(2), [0, 1].into_iter().collect());
    /// ```
    pub fn first(count: usize) -> Releases {
        (0..count).collect()
    }

    /// Whether the set has the release at this place.
    pub fn contains(self, release: usize) -> bool {
        release < Releases::MOST && self.0 >> release & 1 == 1
    }

    /// Whether the set has all releases of the other.
    ///
    /// ```
    /// # use qapi_parser::schema::Releases;
    /// assert!(Releases::ALL.includes(Releases::first(3)));
    /// ```
    pub fn includes(self, other: Releases) -> bool {
        self.0 & other.0 == other.0
    }

    /// Adds the release at this place. Places from [`Releases::MOST`] on are ignored.
    pub fn insert(&mut self, release: usize) {
        if release < Releases::MOST {
            self.0 |= 1 << release;
        }
    }

    /// Whether there is no release in it.
    pub fn is_empty(self) -> bool {
        self == Releases::NONE
    }

    /// The releases that are in both.
    pub fn and(self, other: Releases) -> Releases {
        Releases(self.0 & other.0)
    }

    /// The releases that are in one of both.
    pub fn or(self, other: Releases) -> Releases {
        Releases(self.0 | other.0)
    }

    /// The places of the releases, the oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = usize> {
        (0..Releases::MOST).filter(move |release| self.contains(*release))
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    pub(crate) fn from_bits(bits: u64) -> Releases {
        Releases(bits)
    }
}

impl Default for Releases {
    /// Every release.
    fn default() -> Releases {
        Releases::ALL
    }
}

impl FromIterator<usize> for Releases {
    fn from_iter<I: IntoIterator<Item = usize>>(releases: I) -> Releases {
        let mut set = Releases::NONE;
        releases.into_iter().for_each(|release| set.insert(release));
        set
    }
}

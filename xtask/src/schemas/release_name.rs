//! Names of releases and exact versions.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use anyhow::{Error, bail};

/// A release, `MAJOR.MINOR`. They are in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReleaseName {
    text: String,
    key: (u32, u32),
}

impl ReleaseName {
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The release that an exact version is of.
    pub(super) fn of_version(version: &str) -> Result<Self, Error> {
        let mut parts = version.splitn(3, '.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(major), Some(minor), Some(_)) => format!("{major}.{minor}").parse(),
            _ => bail!("{version:?} is no version of QEMU, which has three parts, such as 11.1.1"),
        }
    }
}

impl FromStr for ReleaseName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let numbers = text
            .split_once('.')
            .and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        match numbers {
            // `+1.02` would be another name of the same release.
            Some((major, minor)) if format!("{major}.{minor}") == text => Ok(Self {
                text: text.to_owned(),
                key: (major, minor),
            }),
            _ => bail!("{text:?} is no release; write MAJOR.MINOR, such as 11.1"),
        }
    }
}

impl fmt::Display for ReleaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Ord for ReleaseName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl PartialOrd for ReleaseName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_has_one_name() {
        for wrong in [
            "", "11", "11.1.1", "v11.1", "11.x", "+11.1", "11.01", "11.1 ",
        ] {
            let error = wrong.parse::<ReleaseName>().unwrap_err().to_string();
            assert!(error.contains("write MAJOR.MINOR"), "{error}");
        }
    }

    #[test]
    fn releases_are_in_the_order_of_their_numbers() {
        let name = |text: &str| text.parse::<ReleaseName>().unwrap();
        assert!(name("2.12") > name("2.9"));
        assert!(name("10.0") > name("9.2"));
    }

    #[test]
    fn a_version_tells_its_release() {
        for (version, release) in [("11.1.1", "11.1"), ("9.2.0-rc2", "9.2")] {
            assert_eq!(ReleaseName::of_version(version).unwrap().as_str(), release);
        }
        for wrong in ["11.1", "qemu", "11.x.0"] {
            assert!(ReleaseName::of_version(wrong).is_err(), "{wrong}");
        }
    }
}

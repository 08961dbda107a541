//! The error that a server answers a command with.

use std::fmt;

use qmp_types::secrets;
use serde_json::Value;
use serde_json::value::RawValue;

/// The class of an error that a server reports.
///
/// Almost all errors are [`GenericError`](ErrorClass::GenericError). A class
/// that this library does not know is kept as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// An error without a class of its own.
    GenericError,
    /// The server does not have the command, or not in its present state.
    CommandNotFound,
    /// The device is not active.
    DeviceNotActive,
    /// There is no such device.
    DeviceNotFound,
    /// The host's KVM lacks a capability.
    KvmMissingCap,
    /// A class that this library does not know.
    Other(String),
}

impl ErrorClass {
    /// Returns the class as the server spells it.
    ///
    /// ```
    /// # use qmp_transport::ErrorClass;
    /// assert_eq!(ErrorClass::from("DeviceNotFound"), ErrorClass::DeviceNotFound);
    /// assert_eq!(ErrorClass::from("NewKind").as_str(), "NewKind");
    /// ```
    pub fn as_str(&self) -> &str {
        match self {
            Self::GenericError => "GenericError",
            Self::CommandNotFound => "CommandNotFound",
            Self::DeviceNotActive => "DeviceNotActive",
            Self::DeviceNotFound => "DeviceNotFound",
            Self::KvmMissingCap => "KVMMissingCap",
            Self::Other(class) => class,
        }
    }
}

impl From<&str> for ErrorClass {
    fn from(class: &str) -> Self {
        let declared = [
            Self::GenericError,
            Self::CommandNotFound,
            Self::DeviceNotActive,
            Self::DeviceNotFound,
            Self::KvmMissingCap,
        ];
        declared
            .into_iter()
            .find(|declared| declared.as_str() == class)
            .unwrap_or_else(|| Self::Other(class.to_owned()))
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A server's answer to a command that it did not execute, or that failed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The class of the error, for programs.
    pub class: ErrorClass,
    /// What went wrong, for people. The text changes between releases.
    pub description: String,
}

impl Rejection {
    pub(crate) fn from_json(json: &RawValue) -> Result<Self, serde_json::Error> {
        let error: Value = serde_json::from_str(json.get())?;
        Ok(Self {
            class: match error["class"].as_str() {
                Some(class) => ErrorClass::from(class),
                None => ErrorClass::GenericError,
            },
            description: error["desc"].as_str().unwrap_or_default().to_owned(),
        })
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("class", &self.class)
            .field("description", &secrets::text(&self.description))
            .finish()
    }
}

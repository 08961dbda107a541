//! The calls that send file descriptors with a command.

use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::Duration;

use qmp_types::{Command, Protocol};

use crate::blocking;
use crate::encode::Lane;
use crate::error::{Error, Unencodable};
use crate::id::Id;
use crate::platform::Descriptors;
use crate::session::Session;

impl Session {
    /// Hands over a command with file descriptors. They are sent with the first
    /// byte of the command: [`Session::descriptors_to_send`] returns them when it
    /// is their turn. They are closed after that, or when the command is abandoned
    /// before.
    ///
    /// A server keeps only the descriptors that it received last. So at most one
    /// such command is sent and not answered at a time.
    ///
    /// # Errors
    /// [`Error::Unencodable`]: the arguments cannot be sent.
    pub fn execute_with_descriptors<C: Command>(
        &mut self,
        command: &C,
        descriptors: Vec<OwnedFd>,
    ) -> Result<Id, Error> {
        let descriptors = Descriptors::from(descriptors);
        self.enqueue(Lane::InBand, C::NAME, command, descriptors)
    }

    /// Returns the file descriptors to be sent with the first byte of
    /// [`outgoing`](Session::outgoing).
    pub fn descriptors_to_send(&self) -> &[OwnedFd] {
        self.descriptors().as_slice()
    }
}

/// Duplicates the descriptors of a caller, if the stream can send them.
fn duplicate<C: Command>(
    takes_descriptors: bool,
    descriptors: &[BorrowedFd<'_>],
) -> Result<Descriptors, Unencodable> {
    let failed = |message| Unencodable {
        command: C::NAME.into(),
        message,
    };
    if !takes_descriptors {
        let message = "file descriptors can be sent over Unix sockets only";
        return Err(failed(message.to_owned()));
    }
    Descriptors::duplicate(descriptors).map_err(|error| failed(error.to_string()))
}

impl<P: Protocol> blocking::Client<P> {
    /// Executes a command, such as `getfd` or `add-fd`, and sends file descriptors
    /// with it. The connection must be a Unix socket. The descriptors are
    /// duplicated, so those of the caller stay open.
    ///
    /// ```no_run
    /// # use std::os::fd::AsFd;
    /// # use qmp_transport::{Command, Qmp, blocking::Client};
    /// # fn example<GetFd: Command<Protocol = Qmp>>(getfd: GetFd) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut qmp = Client::connect("unix:/run/vm.sock")?;
    /// let disk = std::fs::File::open("disk.raw")?;
    /// qmp.execute_with_descriptors(getfd, &[disk.as_fd()])?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unencodable`]: the connection is not a Unix socket, a descriptor
    /// cannot be duplicated, or there are more than 253. [`Error::Unsent`]: the
    /// system refuses to send them. Otherwise those of
    /// [`Client::execute`](blocking::Client::execute).
    pub fn execute_with_descriptors<C>(
        &mut self,
        command: C,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let limit = self.time_limit_of(C::NAME);
        self.execute_with_descriptors_within(command, descriptors, limit)
    }

    /// Executes a command with a time limit, and sends file descriptors with it.
    /// With `None` there is no time limit.
    ///
    /// # Errors
    /// Those of [`Client::execute_with_descriptors`](blocking::Client::execute_with_descriptors).
    pub fn execute_with_descriptors_within<C>(
        &mut self,
        command: C,
        descriptors: &[BorrowedFd<'_>],
        limit: impl Into<Option<Duration>>,
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let descriptors = duplicate::<C>(self.stream().takes_descriptors(), descriptors)?;
        let call = self.begin_call(C::NAME, |session| {
            session.enqueue(Lane::InBand, C::NAME, &command, descriptors)
        })?;
        self.complete::<C>(call, limit.into(), &mut Some)
    }
}

#[cfg(feature = "tokio")]
impl<P: Protocol> crate::tokio::Client<P> {
    /// Executes a command, such as `getfd` or `add-fd`, and sends file descriptors
    /// with it. The connection must be a Unix socket. The descriptors are
    /// duplicated, so those of the caller stay open.
    ///
    /// # Errors
    /// [`Error::Unencodable`]: the connection is not a Unix socket, a descriptor
    /// cannot be duplicated, or there are more than 253. [`Error::Unsent`]: the
    /// system refuses to send them. Otherwise those of
    /// [`Client::execute`](crate::tokio::Client::execute).
    pub async fn execute_with_descriptors<C>(
        &self,
        command: C,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let limit = self.time_limit_of(C::NAME);
        self.execute_with_descriptors_within(command, descriptors, limit)
            .await
    }

    /// Executes a command with a time limit, and sends file descriptors with it.
    /// With `None` there is no time limit.
    ///
    /// # Errors
    /// Those of [`Client::execute_with_descriptors`](crate::tokio::Client::execute_with_descriptors).
    pub async fn execute_with_descriptors_within<C>(
        &self,
        command: C,
        descriptors: &[BorrowedFd<'_>],
        limit: impl Into<Option<Duration>>,
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let descriptors = duplicate::<C>(self.takes_descriptors(), descriptors)?;
        self.execute_with(command, descriptors, limit.into()).await
    }
}

//! The calls that pass file descriptors along with a command.

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
    /// Hands over a command with which file descriptors are to be sent. The
    /// owner gets them from [`Session::descriptors_to_send`] when it is the
    /// command's turn to be written. They are closed when they have been sent,
    /// and when the command is given up before.
    ///
    /// At most one such command is sent and not answered at a time: a server
    /// keeps only the descriptors that it received last.
    ///
    /// # Errors
    /// [`Error::Unencodable`]: the arguments cannot be sent as they are.
    pub fn execute_with_descriptors<C: Command>(
        &mut self,
        command: &C,
        descriptors: Vec<OwnedFd>,
    ) -> Result<Id, Error> {
        let descriptors = Descriptors::from(descriptors);
        self.enqueue(Lane::InBand, C::NAME, command, descriptors)
    }

    /// What is to be sent along with the first byte of
    /// [`outgoing`](Session::outgoing).
    pub fn descriptors_to_send(&self) -> &[OwnedFd] {
        self.descriptors().as_slice()
    }
}

/// A caller's descriptors, duplicated, where the stream can carry them.
fn to_send<C: Command>(
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
    /// Executes a command and passes file descriptors along, over a Unix
    /// socket: `getfd` and `add-fd` take them. They are duplicated, so the
    /// caller's stay open.
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
    /// [`Error::Unencodable`] where the connection is no Unix socket, a
    /// descriptor cannot be duplicated, or there are more than 253;
    /// [`Error::Unsent`] where the system refuses to send them; and as
    /// [`Client::execute`](blocking::Client::execute).
    pub fn execute_with_descriptors<C>(
        &mut self,
        command: C,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let limit = self.limit_of(C::NAME);
        self.execute_with_descriptors_within(command, descriptors, limit)
    }

    /// Executes a command, passes file descriptors along, and waits for the
    /// answer for a given time; `None` waits as long as it takes.
    ///
    /// # Errors
    /// As [`Client::execute_with_descriptors`](blocking::Client::execute_with_descriptors).
    pub fn execute_with_descriptors_within<C>(
        &mut self,
        command: C,
        descriptors: &[BorrowedFd<'_>],
        limit: impl Into<Option<Duration>>,
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let descriptors = to_send::<C>(self.stream().takes_descriptors(), descriptors)?;
        let call = self.begin_call(C::NAME, |session| {
            session.enqueue(Lane::InBand, C::NAME, &command, descriptors)
        })?;
        self.complete::<C>(call, limit.into(), &mut Some)
    }
}

#[cfg(feature = "tokio")]
impl<P: Protocol> crate::tokio::Client<P> {
    /// Executes a command and passes file descriptors along, over a Unix
    /// socket: `getfd` and `add-fd` take them. They are duplicated, so the
    /// caller's stay open.
    ///
    /// # Errors
    /// [`Error::Unencodable`] where the connection is no Unix socket, a
    /// descriptor cannot be duplicated, or there are more than 253;
    /// [`Error::Unsent`] where the system refuses to send them; and as
    /// [`Client::execute`](crate::tokio::Client::execute).
    pub async fn execute_with_descriptors<C>(
        &self,
        command: C,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let limit = self.limit_of(C::NAME);
        self.execute_with_descriptors_within(command, descriptors, limit)
            .await
    }

    /// Executes a command, passes file descriptors along, and waits for the
    /// answer for a given time; `None` waits as long as it takes.
    ///
    /// # Errors
    /// As [`Client::execute_with_descriptors`](crate::tokio::Client::execute_with_descriptors).
    pub async fn execute_with_descriptors_within<C>(
        &self,
        command: C,
        descriptors: &[BorrowedFd<'_>],
        limit: impl Into<Option<Duration>>,
    ) -> Result<C::Return, Error>
    where
        C: Command<Protocol = P>,
    {
        let descriptors = to_send::<C>(self.takes_descriptors(), descriptors)?;
        self.execute_along(command, descriptors, limit.into()).await
    }
}

//! Reading and writing the ends of a child process without blocking.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::windows::io::AsHandle;
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::thread;
use std::time::Duration;

/// How many buffers can wait in a channel between a client and a thread.
const CHANNEL_SIZE: usize = 4;

/// The ends of a child, each with a thread, since pipes have no time limits.
#[derive(Debug)]
pub(super) struct Child {
    /// Bytes for the thread that writes.
    commands: SyncSender<Vec<u8>>,
    /// Bytes from the thread that reads.
    messages: Receiver<Vec<u8>>,
    /// Bytes that were taken from `messages` and not read.
    rest: Vec<u8>,
}

impl Child {
    /// Starts the threads.
    pub(super) fn new(stdin: &ChildStdin, stdout: &ChildStdout) -> io::Result<Self> {
        let mut stdin = File::from(stdin.as_handle().try_clone_to_owned()?);
        let mut stdout = File::from(stdout.as_handle().try_clone_to_owned()?);
        let (commands, to_write) = sync_channel::<Vec<u8>>(CHANNEL_SIZE);
        let (received, messages) = sync_channel(CHANNEL_SIZE);
        thread::Builder::new()
            .name("QMP commands".to_owned())
            .spawn(move || {
                // After an error the channel is closed, which the client sees.
                while let Ok(bytes) = to_write.recv()
                    && stdin.write_all(&bytes).is_ok()
                {}
            })?;
        thread::Builder::new()
            .name("QMP messages".to_owned())
            .spawn(move || {
                let mut space = vec![0; 64 * 1024];
                while let Ok(count @ 1..) = stdout.read(&mut space)
                    && received.send(space[..count].to_vec()).is_ok()
                {}
            })?;
        Ok(Self {
            commands,
            messages,
            rest: Vec::new(),
        })
    }

    /// Waits until bytes arrive, or the child closes its output. Returns false if the
    /// time is over.
    pub(super) fn wait(&mut self, limit: Option<Duration>) -> bool {
        if !self.rest.is_empty() {
            return true;
        }
        let received = match limit {
            None => self
                .messages
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
            Some(limit) => self.messages.recv_timeout(limit),
        };
        match received {
            Ok(bytes) => {
                self.rest = bytes;
                true
            }
            Err(RecvTimeoutError::Disconnected) => true,
            Err(RecvTimeoutError::Timeout) => false,
        }
    }

    /// Reads what has arrived, or fails with `WouldBlock`.
    pub(super) fn try_read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.rest = match self.messages.try_recv() {
                Ok(bytes) => bytes,
                Err(TryRecvError::Empty) => return Err(io::ErrorKind::WouldBlock.into()),
                Err(TryRecvError::Disconnected) => return Ok(0),
            };
        }
        let count = self.rest.len().min(space.len());
        space[..count].copy_from_slice(&self.rest[..count]);
        self.rest.drain(..count);
        Ok(count)
    }

    /// Writes if there is room, or fails with `WouldBlock`.
    pub(super) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.commands.try_send(bytes.to_vec()) {
            Ok(()) => Ok(bytes.len()),
            Err(TrySendError::Full(_)) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TrySendError::Disconnected(_)) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

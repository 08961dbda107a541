//! The outgoing half of a session: commands that wait for their turn, the bytes
//! to be written, and the commands that are not answered yet.

use std::collections::VecDeque;

use crate::encode::Lane;
use crate::id::Id;
use crate::platform::Descriptors;
use crate::trace::ReplyScope;

/// The capacity that the buffer of an idle connection keeps at most.
const MAX_IDLE_CAPACITY: usize = 4096;

/// The capacity that the buffer begins with, enough for most commands.
const INITIAL_CAPACITY: usize = 256;

/// What became of a command that was abandoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abandoned {
    /// It was written, at least in part. Its answer will be discarded.
    Sent,
    /// No byte of it was written, and none will be.
    Unsent,
    /// The session does not have the command, because it was answered.
    Unknown,
}

/// A command that was transmitted and is not written in full.
#[derive(Debug)]
struct Unwritten {
    id: Id,
    /// Where its text begins in [`Sender::bytes`].
    begin: usize,
    /// Where its text ends there.
    end: usize,
    /// They are sent with the first byte. Empty once that is written.
    descriptors: Descriptors,
}

/// A command that was transmitted and is not answered.
#[derive(Debug)]
pub(super) struct Pending {
    id: Id,
    scope: ReplyScope,
    lane: Lane,
    /// Whether its caller gave it up. Its answer is discarded.
    pub(super) abandoned: bool,
    has_descriptors: bool,
}

/// A command that waits for its turn. It is in-band: the others do not wait.
#[derive(Debug)]
struct Waiting {
    id: Id,
    scope: ReplyScope,
    text: Vec<u8>,
    descriptors: Descriptors,
}

/// The outgoing half of a session.
///
/// A command is in `waiting` until it is transmitted. From then on it is in
/// `pending` until it is answered, and in `unwritten` until the last byte of it
/// is written. A command that is in `unwritten` is in `pending` as well, unless
/// the server answers it before it is written in full.
#[derive(Debug)]
pub(super) struct Sender {
    /// How many in-band commands may be pending.
    max_in_band: usize,
    /// The texts of transmitted commands, one after another. It ends with those of
    /// the commands in `unwritten`, without gaps between them.
    bytes: Vec<u8>,
    /// How many of `bytes` are written. It is within the text of the first command
    /// in `unwritten`; if there is none, all of `bytes` is written.
    written: usize,
    /// In the order of their texts.
    unwritten: VecDeque<Unwritten>,
    /// In the order in which the commands were transmitted.
    pending: VecDeque<Pending>,
    /// How many of `pending` are in-band: at most `max_in_band`, plus those of
    /// the session's own.
    pending_in_band: usize,
    /// How many of `pending` were sent with descriptors: at most one, since the
    /// server keeps only the descriptors that it received last.
    pending_with_descriptors: usize,
    /// In the order in which the commands were handed over.
    waiting: VecDeque<Waiting>,
}

impl Sender {
    pub(super) fn new(max_in_band: usize) -> Self {
        Self {
            max_in_band,
            bytes: Vec::with_capacity(INITIAL_CAPACITY),
            written: 0,
            unwritten: VecDeque::new(),
            pending: VecDeque::new(),
            pending_in_band: 0,
            pending_with_descriptors: 0,
            waiting: VecDeque::new(),
        }
    }

    /// Returns how many commands are neither answered nor abandoned.
    pub(super) fn under_way(&self) -> usize {
        let pending = self.pending.iter().filter(|pending| !pending.abandoned);
        pending.count() + self.waiting.len()
    }

    /// Takes a command over. It is transmitted if it is its turn, and waits
    /// otherwise.
    pub(super) fn enqueue(
        &mut self,
        id: Id,
        scope: ReplyScope,
        lane: Lane,
        text: [&[u8]; 3],
        descriptors: Descriptors,
        is_ready: bool,
    ) {
        let is_its_turn = lane == Lane::OutOfBand
            || is_ready && self.waiting.is_empty() && self.has_room(&descriptors);
        if is_its_turn {
            self.transmit(id, scope, lane, text, descriptors);
        } else {
            self.waiting.push_back(Waiting {
                id,
                scope,
                text: text.concat(),
                descriptors,
            });
        }
    }

    fn has_room(&self, descriptors: &Descriptors) -> bool {
        self.pending_in_band < self.max_in_band
            && (descriptors.is_empty() || self.pending_with_descriptors == 0)
    }

    /// Adds a command to the bytes to be written, whether it is its turn or not.
    pub(super) fn transmit(
        &mut self,
        id: Id,
        scope: ReplyScope,
        lane: Lane,
        text: [&[u8]; 3],
        descriptors: Descriptors,
    ) {
        self.pending_in_band += usize::from(lane == Lane::InBand);
        self.pending_with_descriptors += usize::from(!descriptors.is_empty());
        self.pending.push_back(Pending {
            id,
            scope,
            lane,
            abandoned: false,
            has_descriptors: !descriptors.is_empty(),
        });
        let begin = self.bytes.len();
        for part in text {
            self.bytes.extend_from_slice(part);
        }
        self.unwritten.push_back(Unwritten {
            id,
            begin,
            end: self.bytes.len(),
            descriptors,
        });
    }

    /// Transmits the waiting commands whose turn has come.
    pub(super) fn transmit_waiting(&mut self) {
        while let Some(next) = self.waiting.front()
            && self.has_room(&next.descriptors)
        {
            let Some(next) = self.waiting.pop_front() else {
                return;
            };
            self.transmit(
                next.id,
                next.scope,
                Lane::InBand,
                [&next.text, &[], &[]],
                next.descriptors,
            );
        }
    }

    /// Returns the bytes to be written next. They end before the next command
    /// that has descriptors.
    pub(super) fn outgoing(&self) -> &[u8] {
        let mut later = self.unwritten.iter().skip(1);
        let end = later.find(|command| !command.descriptors.is_empty());
        let end = end.map_or(self.bytes.len(), |command| command.begin);
        &self.bytes[self.written..end]
    }

    /// Returns what is sent with the first byte of [`outgoing`](Self::outgoing).
    pub(super) fn descriptors(&self) -> &Descriptors {
        self.unwritten
            .front()
            .map_or(Descriptors::none(), |command| &command.descriptors)
    }

    /// Marks bytes of [`outgoing`](Self::outgoing) as written.
    pub(super) fn sent(&mut self, count: usize) {
        assert!(count <= self.outgoing().len(), "more than was outgoing");
        if count == 0 {
            return;
        }
        self.written += count;
        while let Some(command) = self.unwritten.front_mut() {
            if command.begin < self.written {
                // The system has duplicates of its own by now.
                command.descriptors = Descriptors::NONE;
            }
            if command.end > self.written {
                return;
            }
            self.unwritten.pop_front();
        }
        self.written = 0;
        self.bytes.clear();
        self.bytes.shrink_to(MAX_IDLE_CAPACITY);
    }

    /// Removes the command that would be written next. `None` if a part of it is
    /// written.
    pub(super) fn withdraw_next(&mut self) -> Option<Id> {
        let id = self.unwritten.front()?.id;
        self.withdraw(id).then_some(id)
    }

    /// Removes a transmitted command. Returns false if a part of it is written.
    fn withdraw(&mut self, id: Id) -> bool {
        let Some(at) = self.unwritten.iter().position(|command| command.id == id) else {
            return false;
        };
        if self.unwritten[at].begin < self.written {
            return false;
        }
        let Some(command) = self.unwritten.remove(at) else {
            return false;
        };
        self.bytes.drain(command.begin..command.end);
        let length = command.end - command.begin;
        for later in self.unwritten.range_mut(at..) {
            later.begin -= length;
            later.end -= length;
        }
        self.take_pending(id);
        true
    }

    /// Abandons a command.
    pub(super) fn abandon(&mut self, id: Id) -> Abandoned {
        if let Some(at) = self.waiting.iter().position(|waiting| waiting.id == id) {
            self.waiting.remove(at);
            return Abandoned::Unsent;
        }
        if self.withdraw(id) {
            return Abandoned::Unsent;
        }
        match self.pending.iter_mut().find(|pending| pending.id == id) {
            Some(pending) => {
                pending.abandoned = true;
                Abandoned::Sent
            }
            None => Abandoned::Unknown,
        }
    }

    /// Removes a command that was answered; `None` if there is no such command.
    pub(super) fn take_pending(&mut self, id: Id) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.id == id)?;
        let pending = self.pending.remove(at)?;
        self.pending_in_band -= usize::from(pending.lane == Lane::InBand);
        self.pending_with_descriptors -= usize::from(pending.has_descriptors);
        Some(pending)
    }

    /// Removes all transmitted commands, because none will be answered.
    pub(super) fn clear_pending(&mut self) {
        self.pending.clear();
        self.pending_in_band = 0;
        self.pending_with_descriptors = 0;
    }

    /// Returns which parts of the reply to a command are secret.
    pub(super) fn reply_scope(&self, id: Id) -> Option<ReplyScope> {
        let pending = self.pending.iter().find(|pending| pending.id == id)?;
        Some(pending.scope)
    }

    /// Returns the oldest in-band command that is not answered.
    pub(super) fn oldest_in_band(&self) -> Option<Id> {
        let in_band = |pending: &&Pending| pending.lane == Lane::InBand;
        self.pending.iter().find(in_band).map(|pending| pending.id)
    }

    /// Returns whether all pending commands but the given one are abandoned.
    pub(super) fn all_abandoned_except(&self, one: Option<Id>) -> bool {
        let abandoned = |pending: &Pending| pending.abandoned || Some(pending.id) == one;
        self.pending.iter().all(abandoned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enqueue(sender: &mut Sender, id: u64, text: &str) {
        let text = [text.as_bytes(), &[], &[]];
        let scope = ReplyScope::of("x");
        sender.enqueue(Id(id), scope, Lane::InBand, text, Descriptors::NONE, true);
    }

    #[test]
    fn an_abandoned_command_of_which_no_byte_is_written_leaves_none() {
        let mut sender = Sender::new(8);
        for (id, text) in [(1, "first"), (2, "second"), (3, "third")] {
            enqueue(&mut sender, id, text);
        }
        sender.sent(2);
        assert_eq!(sender.abandon(Id(2)), Abandoned::Unsent);
        assert_eq!(sender.outgoing(), b"rstthird");
        assert_eq!(sender.abandon(Id(1)), Abandoned::Sent);
        assert_eq!(sender.outgoing(), b"rstthird");
        sender.sent(4);
        assert_eq!(sender.abandon(Id(3)), Abandoned::Sent);
        assert_eq!(sender.abandon(Id(2)), Abandoned::Unknown);
        assert_eq!(sender.outgoing(), b"hird");
        sender.sent(4);
        assert!(sender.outgoing().is_empty() && sender.unwritten.is_empty());
        assert_eq!(sender.pending_in_band, 2);
    }

    #[test]
    fn a_refused_command_is_the_next_one_and_no_other() {
        let mut sender = Sender::new(8);
        enqueue(&mut sender, 1, "first");
        enqueue(&mut sender, 2, "second");
        assert_eq!(sender.withdraw_next(), Some(Id(1)));
        assert_eq!(sender.outgoing(), b"second");
        sender.sent(1);
        assert_eq!(sender.withdraw_next(), None);
        assert_eq!(sender.outgoing(), b"econd");
    }

    #[test]
    fn the_turn_of_an_abandoned_command_goes_to_the_next() {
        let mut sender = Sender::new(1);
        for id in 1..4 {
            enqueue(&mut sender, id, "x");
        }
        assert_eq!(sender.abandon(Id(1)), Abandoned::Unsent);
        sender.transmit_waiting();
        assert_eq!(sender.abandon(Id(3)), Abandoned::Unsent);
        assert_eq!(sender.outgoing(), b"x");
        sender.sent(1);
        assert!(
            sender
                .take_pending(Id(2))
                .is_some_and(|pending| !pending.abandoned)
        );
        assert_eq!((sender.pending_in_band, sender.under_way()), (0, 0));
    }
}

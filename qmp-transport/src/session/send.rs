//! What goes out: commands that wait for their turn, the bytes to be written,
//! and the commands that were sent and are not answered.

use std::collections::VecDeque;

use crate::encode::Lane;
use crate::id::Id;
use crate::platform::Descriptors;
use crate::trace::Asked;

/// What an idle connection keeps of the buffer, at most and at least.
const IDLE: usize = 4096;
const USUAL: usize = 256;

/// What became of a command that its caller gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abandoned {
    /// It was written, at least in part. Its answer will be discarded.
    Sent,
    /// None of it was written, and none of it will be.
    Unsent,
    /// The session knows no such command: it has been answered.
    Unknown,
}

/// A command that was let out and is not written whole.
#[derive(Debug)]
struct Piece {
    id: Id,
    begin: usize,
    end: usize,
    /// They travel with the first byte, and are gone afterwards.
    descriptors: Descriptors,
}

/// A command that was let out and is not answered.
#[derive(Debug)]
struct Pending {
    id: Id,
    asked: Asked,
    lane: Lane,
    abandoned: bool,
    with_descriptors: bool,
}

/// A command that is not let out yet.
#[derive(Debug)]
struct Waiting {
    id: Id,
    asked: Asked,
    text: Vec<u8>,
    descriptors: Descriptors,
}

/// The outgoing half of a session.
///
/// A command is in `waiting` until it is let out. From then on it is in
/// `pending` until it is answered and, until it is written whole, in `pieces`.
#[derive(Debug)]
pub(super) struct Sender {
    /// How many in-band commands may be pending.
    in_flight: usize,
    /// The text of `pieces`, one after another.
    bytes: Vec<u8>,
    /// How much of `bytes` is written. The first piece ends behind it.
    written: usize,
    /// In the order of their text. Descriptors of the first are gone once any
    /// of it is written.
    pieces: VecDeque<Piece>,
    /// In the order in which they were let out.
    pending: VecDeque<Pending>,
    /// How many of `pending` are in-band.
    in_band: usize,
    /// How many of `pending` came with descriptors: at most one, since the
    /// server keeps only the descriptors that it received last.
    with_descriptors: usize,
    waiting: VecDeque<Waiting>,
}

impl Sender {
    pub(super) fn new(in_flight: usize) -> Self {
        Self {
            in_flight,
            bytes: Vec::with_capacity(USUAL),
            written: 0,
            pieces: VecDeque::new(),
            pending: VecDeque::new(),
            in_band: 0,
            with_descriptors: 0,
            waiting: VecDeque::new(),
        }
    }

    /// How many commands are sent or waiting, and neither answered nor given up.
    pub(super) fn under_way(&self) -> usize {
        let pending = self.pending.iter().filter(|pending| !pending.abandoned);
        pending.count() + self.waiting.len()
    }

    /// Takes a command, and lets it out if it is its turn.
    pub(super) fn queue(
        &mut self,
        id: Id,
        asked: Asked,
        lane: Lane,
        text: [&[u8]; 3],
        descriptors: Descriptors,
        is_ready: bool,
    ) {
        let now = lane == Lane::OutOfBand
            || is_ready && self.waiting.is_empty() && self.has_room(&descriptors);
        if now {
            self.let_out(id, asked, lane, text, descriptors);
        } else {
            self.waiting.push_back(Waiting {
                id,
                asked,
                text: text.concat(),
                descriptors,
            });
        }
    }

    fn has_room(&self, descriptors: &Descriptors) -> bool {
        self.in_band < self.in_flight && (descriptors.is_empty() || self.with_descriptors == 0)
    }

    /// Lets a command out, whether it is its turn or not.
    pub(super) fn let_out(
        &mut self,
        id: Id,
        asked: Asked,
        lane: Lane,
        text: [&[u8]; 3],
        descriptors: Descriptors,
    ) {
        self.in_band += usize::from(lane == Lane::InBand);
        self.with_descriptors += usize::from(!descriptors.is_empty());
        self.pending.push_back(Pending {
            id,
            asked,
            lane,
            abandoned: false,
            with_descriptors: !descriptors.is_empty(),
        });
        let begin = self.bytes.len();
        for part in text {
            self.bytes.extend_from_slice(part);
        }
        self.pieces.push_back(Piece {
            id,
            begin,
            end: self.bytes.len(),
            descriptors,
        });
    }

    /// Lets out the commands whose turn has come.
    pub(super) fn let_out_waiting(&mut self) {
        while let Some(next) = self.waiting.front()
            && self.has_room(&next.descriptors)
        {
            let Some(next) = self.waiting.pop_front() else {
                return;
            };
            self.let_out(
                next.id,
                next.asked,
                Lane::InBand,
                [&next.text, &[], &[]],
                next.descriptors,
            );
        }
    }

    /// The bytes to be written next. They end before a command with descriptors
    /// that is not the first.
    pub(super) fn outgoing(&self) -> &[u8] {
        let mut later = self.pieces.iter().skip(1);
        let end = later.find(|piece| !piece.descriptors.is_empty());
        let end = end.map_or(self.bytes.len(), |piece| piece.begin);
        &self.bytes[self.written..end]
    }

    /// What travels with the first byte of [`outgoing`](Self::outgoing).
    pub(super) fn descriptors(&self) -> &Descriptors {
        self.pieces
            .front()
            .map_or(Descriptors::none(), |piece| &piece.descriptors)
    }

    /// Counts bytes as written.
    pub(super) fn sent(&mut self, count: usize) {
        assert!(count <= self.outgoing().len(), "more than was outgoing");
        if count == 0 {
            return;
        }
        self.written += count;
        while let Some(piece) = self.pieces.front_mut() {
            if piece.begin < self.written {
                // The system has its own by now.
                piece.descriptors = Descriptors::NONE;
            }
            if piece.end > self.written {
                return;
            }
            self.pieces.pop_front();
        }
        self.written = 0;
        self.bytes.clear();
        self.bytes.shrink_to(IDLE);
    }

    /// Takes back the command that would be written next, if none of it is
    /// written yet.
    pub(super) fn take_back_next(&mut self) -> Option<Id> {
        let id = self.pieces.front()?.id;
        self.take_back(id).then_some(id)
    }

    /// Takes back a command that was let out, if none of it is written yet.
    fn take_back(&mut self, id: Id) -> bool {
        let Some(at) = self.pieces.iter().position(|piece| piece.id == id) else {
            return false;
        };
        if self.pieces[at].begin < self.written {
            return false;
        }
        let Some(piece) = self.pieces.remove(at) else {
            return false;
        };
        self.bytes.drain(piece.begin..piece.end);
        let length = piece.end - piece.begin;
        for later in self.pieces.range_mut(at..) {
            later.begin -= length;
            later.end -= length;
        }
        self.settle(id);
        true
    }

    /// Gives up a command.
    pub(super) fn abandon(&mut self, id: Id) -> Abandoned {
        if let Some(at) = self.waiting.iter().position(|waiting| waiting.id == id) {
            self.waiting.remove(at);
            return Abandoned::Unsent;
        }
        if self.take_back(id) {
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

    /// Strikes off a command that was answered, and says whether its caller had
    /// given it up. None: there is no such command.
    pub(super) fn settle(&mut self, id: Id) -> Option<bool> {
        let at = self.pending.iter().position(|pending| pending.id == id)?;
        let pending = self.pending.remove(at)?;
        self.in_band -= usize::from(pending.lane == Lane::InBand);
        self.with_descriptors -= usize::from(pending.with_descriptors);
        Some(pending.abandoned)
    }

    /// Strikes off all commands that were let out: none of them will be
    /// answered.
    pub(super) fn settle_all(&mut self) {
        self.pending.clear();
        self.in_band = 0;
        self.with_descriptors = 0;
    }

    /// What was asked by a command that is not answered.
    pub(super) fn asked(&self, id: Id) -> Option<Asked> {
        let pending = self.pending.iter().find(|pending| pending.id == id)?;
        Some(pending.asked)
    }

    /// The oldest in-band command that is not answered.
    pub(super) fn oldest(&self) -> Option<Id> {
        let in_band = |pending: &&Pending| pending.lane == Lane::InBand;
        self.pending.iter().find(in_band).map(|pending| pending.id)
    }

    /// Whether all commands that were let out have been given up, but for one.
    pub(super) fn all_given_up_but(&self, one: Option<Id>) -> bool {
        let given_up = |pending: &Pending| pending.abandoned || Some(pending.id) == one;
        self.pending.iter().all(given_up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn let_out(sender: &mut Sender, id: u64, text: &str) {
        let text = [text.as_bytes(), &[], &[]];
        let asked = Asked::of("x");
        sender.queue(Id(id), asked, Lane::InBand, text, Descriptors::NONE, true);
    }

    #[test]
    fn what_is_given_up_before_its_first_byte_leaves_no_byte() {
        let mut sender = Sender::new(8);
        for (id, text) in [(1, "first"), (2, "second"), (3, "third")] {
            let_out(&mut sender, id, text);
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
        assert!(sender.outgoing().is_empty() && sender.pieces.is_empty());
        assert_eq!(sender.in_band, 2);
    }

    #[test]
    fn what_the_system_refuses_is_the_next_command_and_no_other() {
        let mut sender = Sender::new(8);
        let_out(&mut sender, 1, "first");
        let_out(&mut sender, 2, "second");
        assert_eq!(sender.take_back_next(), Some(Id(1)));
        assert_eq!(sender.outgoing(), b"second");
        sender.sent(1);
        assert_eq!(sender.take_back_next(), None);
        assert_eq!(sender.outgoing(), b"econd");
    }

    #[test]
    fn the_turn_of_a_command_that_is_given_up_goes_to_the_next() {
        let mut sender = Sender::new(1);
        for id in 1..4 {
            let_out(&mut sender, id, "x");
        }
        assert_eq!(sender.abandon(Id(1)), Abandoned::Unsent);
        sender.let_out_waiting();
        assert_eq!(sender.abandon(Id(3)), Abandoned::Unsent);
        assert_eq!(sender.outgoing(), b"x");
        sender.sent(1);
        assert_eq!(sender.settle(Id(2)), Some(false));
        assert_eq!((sender.in_band, sender.under_way()), (0, 0));
    }
}

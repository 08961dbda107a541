//! The bytes received and not yet taken.

/// What an idle connection keeps.
const IDLE: usize = 8 * 1024;

/// A read is worth its system call from here.
const LEAST_SPACE: usize = 2 * 1024;

#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// All of it is initialised; `start..end` is what was received.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    /// Room to read into, at least [`LEAST_SPACE`] long.
    ///
    /// Bytes are moved only when as many have been taken since, and the
    /// allocation doubles, so that the cost per byte received is constant.
    pub(super) fn space(&mut self) -> &mut [u8] {
        if self.bytes.len() - self.end < LEAST_SPACE {
            let held = self.end - self.start;
            if self.start >= held && self.start > 0 {
                self.bytes.copy_within(self.start..self.end, 0);
                self.start = 0;
                self.end = held;
            }
            if self.bytes.len() - self.end < LEAST_SPACE {
                let wanted = (self.bytes.len() * 2).max(IDLE);
                self.bytes.resize(wanted, 0);
            }
        }
        &mut self.bytes[self.end..]
    }

    /// Counts bytes that were read into [`Buffer::space`] as received.
    ///
    /// # Panics
    /// There was less space.
    pub(super) fn filled(&mut self, count: usize) {
        assert!(count <= self.bytes.len() - self.end, "more than the space");
        self.end += count;
    }

    pub(super) fn held(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Takes bytes from the front.
    pub(super) fn take(&mut self, count: usize) {
        debug_assert!(count <= self.end - self.start);
        self.start += count;
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            // A large reply's room is kept while large replies come, and given
            // back after the first small one.
            if self.bytes.len() > IDLE && count < self.bytes.len() / 8 {
                self.bytes.truncate(IDLE);
                self.bytes.shrink_to_fit();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receive(buffer: &mut Buffer, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let space = buffer.space();
            let count = bytes.len().min(space.len());
            space[..count].copy_from_slice(&bytes[..count]);
            buffer.filled(count);
            bytes = &bytes[count..];
        }
    }

    #[test]
    fn what_went_in_comes_out() {
        let mut buffer = Buffer::default();
        let mut expected = Vec::new();
        for round in 0..200_u32 {
            let piece: Vec<u8> = (0..round * 7).map(|byte| byte as u8).collect();
            receive(&mut buffer, &piece);
            expected.extend_from_slice(&piece);
            let taken = expected.len() / 2;
            assert_eq!(buffer.held()[..taken], expected[..taken]);
            buffer.take(taken);
            expected.drain(..taken);
        }
        assert_eq!(buffer.held(), expected);
    }

    #[test]
    fn a_large_reply_does_not_stay_in_memory() {
        let mut buffer = Buffer::default();
        receive(&mut buffer, &vec![b'x'; 1 << 20]);
        buffer.take(1 << 20);
        assert!(buffer.bytes.capacity() >= 1 << 20);
        receive(&mut buffer, b"small");
        buffer.take(5);
        assert_eq!(buffer.bytes.capacity(), IDLE);
    }
}

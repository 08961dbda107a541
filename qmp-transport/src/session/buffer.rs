//! A buffer for the bytes that were received and not taken.

/// The size of the buffer of an idle connection.
const IDLE_SIZE: usize = 8 * 1024;

/// The least space to read into. Less is not worth a system call.
const MIN_SPACE: usize = 2 * 1024;

#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// All of it is initialised. What was received and not taken is `start..end`;
    /// what follows is space to read into.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    /// Returns space to read into, of at least [`MIN_SPACE`] bytes.
    ///
    /// Bytes are moved only after as many were taken, and the allocation is
    /// doubled. So the cost for each received byte is constant.
    pub(super) fn space(&mut self) -> &mut [u8] {
        if self.bytes.len() - self.end < MIN_SPACE {
            let held = self.end - self.start;
            if self.start >= held && self.start > 0 {
                self.bytes.copy_within(self.start..self.end, 0);
                self.start = 0;
                self.end = held;
            }
            if self.bytes.len() - self.end < MIN_SPACE {
                let wanted = (self.bytes.len() * 2).max(IDLE_SIZE);
                self.bytes.resize(wanted, 0);
            }
        }
        &mut self.bytes[self.end..]
    }

    /// Marks bytes of [`Buffer::space`] as received.
    ///
    /// # Panics
    /// Panics if `count` is greater than its length.
    pub(super) fn filled(&mut self, count: usize) {
        assert!(count <= self.bytes.len() - self.end, "more than the space");
        self.end += count;
    }

    /// Returns the bytes that were received and not taken.
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
            // The space for large replies is kept while they come, and freed
            // after the first small one.
            if self.bytes.len() > IDLE_SIZE && count < self.bytes.len() / 8 {
                self.bytes.truncate(IDLE_SIZE);
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
        assert_eq!(buffer.bytes.capacity(), IDLE_SIZE);
    }
}

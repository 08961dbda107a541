//! Events that nobody has taken yet.

use std::collections::VecDeque;

/// A bounded queue: when it is full, the oldest goes and is counted.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    items: VecDeque<T>,
    bound: usize,
    lost: u64,
}

impl<T> Queue<T> {
    pub(crate) fn new(bound: usize) -> Self {
        Self {
            items: VecDeque::new(),
            bound,
            lost: 0,
        }
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.items.len() >= self.bound {
            self.lost += 1;
            if self.items.pop_front().is_none() {
                return;
            }
        }
        self.items.push_back(item);
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.items.pop_front()
    }

    /// Takes the first that the filter accepts.
    pub(crate) fn take(&mut self, filter: impl FnMut(&T) -> bool) -> Option<T> {
        let at = self.items.iter().position(filter)?;
        self.items.remove(at)
    }

    /// How many were lost since the last call.
    pub(crate) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    /// Adds those of another queue, and what it lost.
    pub(crate) fn append(&mut self, other: Self) {
        self.lost += other.lost;
        for item in other.items {
            self.push(item);
        }
    }
}

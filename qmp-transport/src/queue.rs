//! A bounded queue of events.

use std::collections::VecDeque;
use std::sync::Arc;

use qmp_types::RawEvent;

/// The bounds of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The most events.
    pub(crate) count: usize,
    /// The most bytes that they take up.
    pub(crate) bytes: usize,
}

impl Bounds {
    /// Returns bounds for a queue that this library waits on. It needs room for an
    /// event even if the caller wants none to be kept.
    pub(crate) fn with_room(self) -> Self {
        Self {
            count: self.count.max(64),
            bytes: self.bytes,
        }
    }
}

/// Something that takes up memory.
pub(crate) trait Weigh {
    /// Returns roughly how many bytes it takes up.
    fn weight(&self) -> usize;
}

impl Weigh for RawEvent {
    fn weight(&self) -> usize {
        let data = self.data.as_ref().map_or(0, |data| data.get().len());
        size_of::<Self>() + self.name.len() + data
    }
}

impl<T: Weigh> Weigh for Arc<T> {
    fn weight(&self) -> usize {
        T::weight(self)
    }
}

/// A queue that is bounded in number and in bytes. When it would exceed a bound, it
/// drops the oldest items and counts them.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    items: VecDeque<T>,
    bounds: Bounds,
    /// How many bytes the items take up.
    bytes: usize,
    /// How many items were dropped since the last call of
    /// [`take_lost`](Self::take_lost).
    lost: u64,
}

impl<T: Weigh> Queue<T> {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            items: VecDeque::new(),
            bounds,
            bytes: 0,
            lost: 0,
        }
    }

    pub(crate) fn push(&mut self, item: T) {
        self.bytes += item.weight();
        self.items.push_back(item);
        while self.items.len() > self.bounds.count || self.bytes > self.bounds.bytes {
            if self.pop().is_none() {
                return;
            }
            self.lost += 1;
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let item = self.items.pop_front()?;
        self.bytes -= item.weight();
        Some(item)
    }

    /// Removes the first item that the filter accepts.
    pub(crate) fn take(&mut self, filter: impl FnMut(&T) -> bool) -> Option<T> {
        let at = self.items.iter().position(filter)?;
        let item = self.items.remove(at)?;
        self.bytes -= item.weight();
        Some(item)
    }

    /// Returns how many items were dropped since the last call.
    pub(crate) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    /// Counts items as dropped that were never pushed.
    #[cfg(feature = "tokio")]
    pub(crate) fn lose(&mut self, count: u64) {
        self.lost += count;
    }

    /// Returns whether there are no items, and none were dropped.
    #[cfg(feature = "tokio")]
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.lost == 0
    }

    /// Appends the items of another queue, and how many it dropped.
    pub(crate) fn append(&mut self, other: Self) {
        self.lost += other.lost;
        for item in other.items {
            self.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weigh for usize {
        fn weight(&self) -> usize {
            *self
        }
    }

    fn queue(count: usize, bytes: usize, items: &[usize]) -> (Vec<usize>, u64) {
        let mut queue = Queue::new(Bounds { count, bytes });
        for item in items {
            queue.push(*item);
        }
        let lost = queue.take_lost();
        let kept = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(queue.bytes, 0);
        (kept, lost)
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        assert_eq!(queue(2, 100, &[1, 2, 3]), (vec![2, 3], 1));
        assert_eq!(queue(0, 100, &[1, 2]), (vec![], 2));
    }

    #[test]
    fn the_oldest_go_when_they_are_too_large() {
        assert_eq!(queue(9, 10, &[4, 4, 4]), (vec![4, 4], 1));
        assert_eq!(queue(9, 10, &[4, 11, 3]), (vec![3], 2));
    }

    #[test]
    fn what_is_taken_out_of_order_makes_room() {
        let mut queue = Queue::new(Bounds {
            count: 9,
            bytes: 10,
        });
        queue.push(4);
        queue.push(6);
        assert_eq!(queue.take(|item| *item == 6), Some(6));
        queue.push(6);
        assert_eq!((queue.take_lost(), queue.bytes), (0, 10));
    }
}

//! Channels, shaped like `std::sync::mpsc`.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use selvedge_explorer::sync::{Mutex, MutexGuard, Token};

use crate::execution::Execution;

#[doc(no_inline)]
pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

/// A channel. Its senders and its receiver are steps to each other: each operation locks it, and none waits while it does.
struct Channel<T> {
    state: Mutex<State<T>>,
    /// Set when a message has come, or the last sender has gone.
    arrived: Token,
    /// Set when there is room, or the receiver has gone; a sender that finds more room than it needs sets it again.
    freed: Token,
}

struct State<T> {
    messages: VecDeque<T>,
    /// The number of messages that it holds at most.
    room: Option<usize>,
    /// The number of messages that have been received.
    received: u64,
    senders: usize,
    has_receiver: bool,
}

impl<T> Channel<T> {
    #[track_caller]
    fn new(room: Option<usize>) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                messages: VecDeque::new(),
                room,
                received: 0,
                senders: 1,
                has_receiver: true,
            }),
            arrived: Token::new(),
            freed: Token::new(),
        })
    }

    #[track_caller]
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // No code of the model runs while it is locked, so what is in it is whole.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Puts a message into the channel if there is room; returns the number of messages that must have been received
    /// before it counts as taken.
    #[track_caller]
    fn try_send(&self, message: T) -> Result<u64, TrySendError<T>> {
        let mut state = self.lock();
        if !state.has_receiver {
            return Err(TrySendError::Disconnected(message));
        }
        // Without room, a message is handed over: one at a time is on its way.
        if state.room.is_some_and(|room| state.messages.len() >= room.max(1)) {
            return Err(TrySendError::Full(message));
        }
        state.messages.push_back(message);
        let number = state.received + state.messages.len() as u64;
        let has_room = state.room.is_some_and(|room| state.messages.len() < room);
        drop(state);
        self.arrived.set();
        if has_room {
            self.freed.set();
        }
        Ok(number)
    }

    #[track_caller]
    fn try_recv(&self) -> Result<T, TryRecvError> {
        let mut state = self.lock();
        if state.messages.is_empty() {
            return Err(match state.senders {
                0 => TryRecvError::Disconnected,
                _ => TryRecvError::Empty,
            });
        }
        let state_now = &mut *state;
        let message = state_now.messages.pop_front().expect("there is a message");
        state_now.received += 1;
        let is_bounded = state_now.room.is_some();
        drop(state);
        if is_bounded {
            self.freed.set();
        }
        Ok(message)
    }

    #[track_caller]
    fn recv(&self) -> Result<T, RecvError> {
        loop {
            match self.try_recv() {
                Ok(message) => return Ok(message),
                Err(TryRecvError::Disconnected) => return Err(RecvError),
                Err(TryRecvError::Empty) => self.arrived.take(),
            }
        }
    }

    fn drop_sender(&self) {
        if !selvedge_explorer::in_execution() {
            return;
        }
        let mut state = self.lock();
        state.senders -= 1;
        let is_last = state.senders == 0;
        drop(state);
        if is_last {
            self.arrived.set();
        }
    }

    #[track_caller]
    fn add_sender(&self) {
        self.lock().senders += 1;
    }
}

/// Creates a channel that holds any number of messages.
///
/// # Panics
///
/// Outside a model.
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let channel = Channel::new(None);
    let receiver = Receiver {
        channel: Arc::clone(&channel),
    };
    (Sender { channel }, receiver)
}

/// Creates a channel that holds so many messages; with 0, each is handed over to the receiver.
///
/// # Panics
///
/// Outside a model.
#[track_caller]
pub fn sync_channel<T>(room: usize) -> (SyncSender<T>, Receiver<T>) {
    let channel = Channel::new(Some(room));
    let receiver = Receiver {
        channel: Arc::clone(&channel),
    };
    (SyncSender { channel, room }, receiver)
}

/// The sending half of a [`channel`].
pub struct Sender<T> {
    channel: Arc<Channel<T>>,
}

/// The sending half of a [`sync_channel`].
pub struct SyncSender<T> {
    channel: Arc<Channel<T>>,
    room: usize,
}

/// The receiving half of a channel.
pub struct Receiver<T> {
    channel: Arc<Channel<T>>,
}

/// The messages of a [`Receiver`], until the last sender has gone.
#[derive(Debug)]
pub struct Iter<'a, T> {
    receiver: &'a Receiver<T>,
}

impl<T> Sender<T> {
    /// Sends a message.
    ///
    /// # Errors
    ///
    /// If the receiver has gone: the message.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match self.channel.try_send(message) {
            Ok(_) => Ok(()),
            Err(TrySendError::Disconnected(message) | TrySendError::Full(message)) => Err(SendError(message)),
        }
    }
}

impl<T> SyncSender<T> {
    /// Sends a message, when there is room for it.
    ///
    /// # Errors
    ///
    /// If the receiver has gone: the message.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        let mut message = message;
        let number = loop {
            match self.channel.try_send(message) {
                Ok(number) => break number,
                Err(TrySendError::Disconnected(message)) => {
                    // Others may wait to be told, too.
                    self.channel.freed.set();
                    return Err(SendError(message));
                }
                Err(TrySendError::Full(back)) => message = back,
            }
            self.channel.freed.take();
        };
        match self.room {
            0 => self.hand_over(number),
            _ => Ok(()),
        }
    }

    /// Waits until the message with this number, the only one in the channel, has been received.
    #[track_caller]
    fn hand_over(&self, number: u64) -> Result<(), SendError<T>> {
        loop {
            let mut state = self.channel.lock();
            let is_received = state.received >= number;
            if is_received || !state.has_receiver {
                let message = match is_received {
                    true => None,
                    false => state.messages.pop_back(),
                };
                drop(state);
                // Others may wait for the same.
                self.channel.freed.set();
                return message.map_or(Ok(()), |message| Err(SendError(message)));
            }
            drop(state);
            self.channel.freed.take();
        }
    }

    /// Sends a message if there is room for it now.
    ///
    /// In a channel without room, that is never: a receiver that waits already is not told apart from one that does not.
    ///
    /// # Errors
    ///
    /// If there is no room, or if the receiver has gone: the message.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        if self.room == 0 {
            let has_receiver = self.channel.lock().has_receiver;
            return Err(match has_receiver {
                true => TrySendError::Full(message),
                false => TrySendError::Disconnected(message),
            });
        }
        self.channel.try_send(message).map(|_| ())
    }
}

impl<T> Receiver<T> {
    /// Waits for a message.
    ///
    /// # Errors
    ///
    /// If there is none and all senders have gone.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        self.channel.recv()
    }

    /// Returns a message if there is one now.
    ///
    /// # Errors
    ///
    /// If there is none.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.channel.try_recv()
    }

    /// Waits for a message, or until the time is up: both are explored, whatever the time.
    ///
    /// # Errors
    ///
    /// If the time is up, or if there is no message and all senders have gone.
    #[track_caller]
    pub fn recv_timeout(&self, _time: Duration) -> Result<T, RecvTimeoutError> {
        match self.channel.try_recv() {
            Ok(message) => Ok(message),
            Err(TryRecvError::Disconnected) => Err(RecvTimeoutError::Disconnected),
            Err(TryRecvError::Empty) => match Execution::wait_in_time(|| self.channel.recv()) {
                Some(received) => received.map_err(|RecvError| RecvTimeoutError::Disconnected),
                None => Err(RecvTimeoutError::Timeout),
            },
        }
    }

    /// Returns an iterator over the messages, until all senders have gone.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { receiver: self }
    }
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> Clone for Sender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        self.channel.add_sender();
        Self {
            channel: Arc::clone(&self.channel),
        }
    }
}

impl<T> Clone for SyncSender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        self.channel.add_sender();
        Self {
            channel: Arc::clone(&self.channel),
            room: self.room,
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.channel.drop_sender();
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        self.channel.drop_sender();
    }
}

impl<T> Drop for Receiver<T> {
    /// Drops the messages that nobody has received; those that are handed over go back to their senders.
    fn drop(&mut self) {
        if !selvedge_explorer::in_execution() {
            return;
        }
        let mut state = self.channel.lock();
        state.has_receiver = false;
        let messages = match state.room {
            Some(0) => VecDeque::new(),
            _ => std::mem::take(&mut state.messages),
        };
        let is_bounded = state.room.is_some();
        drop(state);
        if is_bounded {
            self.channel.freed.set();
        }
        drop(messages);
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

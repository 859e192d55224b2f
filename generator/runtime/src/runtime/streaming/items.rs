//! Splits a streamed body into items.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use crate::runtime::download::DownloadStream;
use crate::runtime::{BufferedResponse, DecodeError, Error};

/// The maximum size of an item, in bytes. A body without separators must not exhaust the memory.
pub(super) const MAX_ITEM_BYTES: usize = 16 * 1024 * 1024;

/// An item exceeds [`MAX_ITEM_BYTES`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Splits bytes into items.
pub(super) trait Splitter {
    /// An item.
    type Item;

    /// Takes the next bytes, and appends the items that they complete.
    fn take(&mut self, bytes: &[u8], items: &mut VecDeque<Self::Item>) -> Result<(), TooLong>;

    /// Appends what remains at the end of the body.
    fn finish(&mut self, items: &mut VecDeque<Self::Item>);
}

/// The items of a body. They end with the body, or with the first error in reading it.
pub(super) struct Items<C: Splitter> {
    /// The response, with the bytes of the item that is being decoded.
    head: BufferedResponse,
    chunks: Option<DownloadStream>,
    splitter: C,
    ready: VecDeque<C::Item>,
    /// The error that ended the body. It is returned after the items that are ready.
    failure: Option<Error>,
}

impl<C: Splitter> Items<C> {
    pub(super) fn new(head: BufferedResponse, chunks: DownloadStream, splitter: C) -> Self {
        Self { head, chunks: Some(chunks), splitter, ready: VecDeque::new(), failure: None }
    }

    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<C::Item, Error>>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            if let Some(failure) = self.failure.take() {
                return Poll::Ready(Some(Err(failure)));
            }
            let Some(chunks) = &mut self.chunks else {
                return Poll::Ready(None);
            };
            match ready!(Pin::new(chunks).poll_next(context)) {
                Some(Ok(bytes)) => {
                    if self.splitter.take(&bytes, &mut self.ready).is_err() {
                        self.end(Some(self.too_long()));
                    }
                }
                Some(Err(error)) => self.end(Some(error)),
                None => {
                    self.splitter.finish(&mut self.ready);
                    self.end(None);
                }
            }
        }
    }

    /// Decodes an item.
    pub(super) fn decode<T>(
        &mut self,
        item: Vec<u8>,
        decode: fn(&BufferedResponse) -> Result<T, DecodeError>,
    ) -> Result<T, Error> {
        self.head.bytes = Bytes::from(item);
        Ok(decode(&self.head)?)
    }

    /// Returns whether all items were returned.
    pub(super) fn ended(&self) -> bool {
        self.chunks.is_none() && self.ready.is_empty() && self.failure.is_none()
    }

    fn end(&mut self, failure: Option<Error>) {
        self.chunks = None;
        self.failure = failure;
    }

    fn too_long(&self) -> Error {
        let reason = format!("an item of the sequence is longer than {MAX_ITEM_BYTES} bytes");
        let mut head = self.head.clone();
        head.bytes = Bytes::new();
        DecodeError::new(head, ".", &reason).into()
    }
}

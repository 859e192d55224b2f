//! A body that is a sequence: read piece by piece, and cut into its items.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use crate::runtime::download::DownloadStream;
use crate::runtime::{BufferedResponse, DecodeError, Error};

/// The longest item, in bytes. A body that never ends one must not fill the memory.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// An item is longer than [`LONGEST`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Cuts bytes into items.
pub(super) trait Cut {
    /// An item.
    type Item;

    /// Takes bytes in, and hands out the items that they complete.
    fn take(&mut self, bytes: &[u8], items: &mut VecDeque<Self::Item>) -> Result<(), TooLong>;

    /// Hands out what is left at the end of the body.
    fn finish(&mut self, items: &mut VecDeque<Self::Item>);
}

/// The items of a body. They end with the body, or with the first error in reading it.
pub(super) struct Items<C: Cut> {
    /// The response, with the bytes of the item that is decoded at the moment.
    head: BufferedResponse,
    chunks: Option<DownloadStream>,
    cut: C,
    ready: VecDeque<C::Item>,
    /// What ended the items, to be told after those that are ready.
    failure: Option<Error>,
}

impl<C: Cut> Items<C> {
    pub(super) fn new(head: BufferedResponse, chunks: DownloadStream, cut: C) -> Self {
        Self { head, chunks: Some(chunks), cut, ready: VecDeque::new(), failure: None }
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
                    if self.cut.take(&bytes, &mut self.ready).is_err() {
                        self.end(Some(self.too_long()));
                    }
                }
                Some(Err(error)) => self.end(Some(error)),
                None => {
                    self.cut.finish(&mut self.ready);
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

    /// Whether nothing more is to come.
    pub(super) fn ended(&self) -> bool {
        self.chunks.is_none() && self.ready.is_empty() && self.failure.is_none()
    }

    fn end(&mut self, failure: Option<Error>) {
        self.chunks = None;
        self.failure = failure;
    }

    fn too_long(&self) -> Error {
        let reason = format!("an item of the sequence is longer than {LONGEST} bytes");
        let mut head = self.head.clone();
        head.bytes = Bytes::new();
        DecodeError::new(head, ".", &reason).into()
    }
}

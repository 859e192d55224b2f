//! What good responses are: types that only stand for a kind of body, and the responders of each.

use std::borrow::Borrow;
use std::marker::PhantomData;

use serde::Serialize;

use super::{Expectation, File, ResponseTemplate};

/// An response of JSON.
#[derive(Debug)]
pub struct Json<T>(PhantomData<fn() -> T>);

/// An response of text.
#[derive(Debug)]
pub enum Text {}

/// An response without a body.
#[derive(Debug)]
pub enum Empty {}

/// An response of events with JSON in them.
#[derive(Debug)]
pub struct Events<T>(PhantomData<fn() -> T>);

/// An response of events with text in them.
#[derive(Debug)]
pub enum TextEvents {}

/// An response of JSON values, one after the other.
#[derive(Debug)]
pub struct Lines<T>(PhantomData<fn() -> T>);

impl<Op, T: Serialize, Errors> Expectation<Op, Json<T>, Errors> {
    /// Success that all went well.
    ///
    /// # Panics
    ///
    /// A value cannot be written.
    #[track_caller]
    pub fn respond_ok(self, body: impl Borrow<T>) {
        self.respond(ResponseTemplate::json(200, body.borrow()));
    }
}

impl<Op, Errors> Expectation<Op, Text, Errors> {
    /// Success that all went well.
    ///
    /// # Panics
    ///
    /// A value of the request cannot be written.
    #[track_caller]
    pub fn respond_ok(self, text: impl Into<String>) {
        self.respond(ResponseTemplate::body(200, "text/plain; charset=utf-8", text.into()));
    }
}

impl<Op, Errors> Expectation<Op, Empty, Errors> {
    /// Success that all went well.
    ///
    /// # Panics
    ///
    /// A value of the request cannot be written.
    #[track_caller]
    pub fn respond_ok(self) {
        self.respond(ResponseTemplate::status(204));
    }
}

impl<Op, Errors> Expectation<Op, File, Errors> {
    /// Success with a file. [`file`](super::file) makes one with a name.
    ///
    /// # Panics
    ///
    /// A value of the request cannot be written.
    #[track_caller]
    pub fn respond_ok(self, file: impl Into<File>) {
        self.respond(ResponseTemplate::file(200, file));
    }
}

impl<Op, T: Serialize, Errors> Expectation<Op, Events<T>, Errors> {
    /// Success with events, after which the stream ends.
    ///
    /// # Panics
    ///
    /// A value cannot be written.
    #[track_caller]
    pub fn respond_ok(self, events: impl IntoIterator<Item = impl Borrow<T>>) {
        self.respond(ResponseTemplate::events::<T>(200, events));
    }
}

impl<Op, Errors> Expectation<Op, TextEvents, Errors> {
    /// Success with events, after which the stream ends.
    ///
    /// # Panics
    ///
    /// A value of the request cannot be written.
    #[track_caller]
    pub fn respond_ok(self, events: impl IntoIterator<Item = impl Into<String>>) {
        self.respond(ResponseTemplate::text_events(200, events));
    }
}

impl<Op, T: Serialize, Errors> Expectation<Op, Lines<T>, Errors> {
    /// Success with values, after which the stream ends.
    ///
    /// # Panics
    ///
    /// A value cannot be written.
    #[track_caller]
    pub fn respond_ok(self, values: impl IntoIterator<Item = impl Borrow<T>>) {
        self.respond(ResponseTemplate::lines::<T>(200, values));
    }
}

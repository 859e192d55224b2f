//! What good answers are: types that only stand for a kind of body, and the responders of each.

use std::borrow::Borrow;
use std::marker::PhantomData;

use serde::Serialize;

use super::{Answer, Expectation, File};

/// An answer of JSON.
#[derive(Debug)]
pub struct Json<T>(PhantomData<fn() -> T>);

/// An answer of text.
#[derive(Debug)]
pub enum Text {}

/// An answer without a body.
#[derive(Debug)]
pub enum Empty {}

/// An answer of events with JSON in them.
#[derive(Debug)]
pub struct Events<T>(PhantomData<fn() -> T>);

/// An answer of events with text in them.
#[derive(Debug)]
pub enum TextEvents {}

/// An answer of JSON values, one after the other.
#[derive(Debug)]
pub struct Lines<T>(PhantomData<fn() -> T>);

impl<Of, T: Serialize, Errors> Expectation<Of, Json<T>, Errors> {
    /// Answers that all went well.
    ///
    /// # Panics
    ///
    /// A value cannot be written.
    #[track_caller]
    pub fn respond_ok(self, body: impl Borrow<T>) {
        self.respond(Answer::json(200, body.borrow()));
    }
}

impl<Of, Errors> Expectation<Of, Text, Errors> {
    /// Answers that all went well.
    ///
    /// # Panics
    ///
    /// A value of the request cannot be written.
    #[track_caller]
    pub fn respond_ok(self, text: impl Into<String>) {
        self.respond(Answer::body(200, "text/plain; charset=utf-8", text.into()));
    }
}

impl<Of, Errors> Expectation<Of, Empty, Errors> {
    /// Answers that all went well.
    ///
    /// # Panics
    ///
    /// A value of the request cannot be written.
    #[track_caller]
    pub fn respond_ok(self) {
        self.respond(Answer::status(204));
    }
}

impl<Of, Errors> Expectation<Of, File, Errors> {
    /// Answers with a file. [`file`](super::file) makes one with a name.
    ///
    /// # Panics
    ///
    /// A value of the request cannot be written.
    #[track_caller]
    pub fn respond_ok(self, file: impl Into<File>) {
        self.respond(Answer::file(200, file));
    }
}

impl<Of, T: Serialize, Errors> Expectation<Of, Events<T>, Errors> {
    /// Answers with events, after which the stream ends.
    ///
    /// # Panics
    ///
    /// A value cannot be written.
    #[track_caller]
    pub fn respond_ok(self, events: impl IntoIterator<Item = impl Borrow<T>>) {
        self.respond(Answer::events::<T>(200, events));
    }
}

impl<Of, Errors> Expectation<Of, TextEvents, Errors> {
    /// Answers with events, after which the stream ends.
    ///
    /// # Panics
    ///
    /// A value of the request cannot be written.
    #[track_caller]
    pub fn respond_ok(self, events: impl IntoIterator<Item = impl Into<String>>) {
        self.respond(Answer::text_events(200, events));
    }
}

impl<Of, T: Serialize, Errors> Expectation<Of, Lines<T>, Errors> {
    /// Answers with values, after which the stream ends.
    ///
    /// # Panics
    ///
    /// A value cannot be written.
    #[track_caller]
    pub fn respond_ok(self, values: impl IntoIterator<Item = impl Borrow<T>>) {
        self.respond(Answer::lines::<T>(200, values));
    }
}

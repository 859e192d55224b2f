//! Marker types for the bodies of successful responses, and the methods to set them.

use std::borrow::Borrow;
use std::marker::PhantomData;

use serde::Serialize;

use super::{Expectation, File, ResponseTemplate};

/// A response with a JSON body.
#[derive(Debug)]
pub struct Json<T>(PhantomData<fn() -> T>);

/// A response with a text body.
#[derive(Debug)]
pub enum Text {}

/// A response without a body.
#[derive(Debug)]
pub enum Empty {}

/// A response with server-sent events that have JSON data.
#[derive(Debug)]
pub struct Events<T>(PhantomData<fn() -> T>);

/// A response with server-sent events that have text data.
#[derive(Debug)]
pub enum TextEvents {}

/// A response with a sequence of JSON values.
#[derive(Debug)]
pub struct Lines<T>(PhantomData<fn() -> T>);

impl<Op, T: Serialize, Errors> Expectation<Op, Json<T>, Errors> {
    /// Responds with `200` and a JSON body.
    ///
    /// # Panics
    ///
    /// Panics if a value cannot be encoded.
    #[track_caller]
    pub fn respond_ok(self, body: impl Borrow<T>) {
        self.respond(ResponseTemplate::json(200, body.borrow()));
    }
}

impl<Op, Errors> Expectation<Op, Text, Errors> {
    /// Responds with `200` and a text body.
    ///
    /// # Panics
    ///
    /// Panics if a value of the request cannot be encoded.
    #[track_caller]
    pub fn respond_ok(self, text: impl Into<String>) {
        self.respond(ResponseTemplate::body(200, "text/plain; charset=utf-8", text.into()));
    }
}

impl<Op, Errors> Expectation<Op, Empty, Errors> {
    /// Responds with `204`.
    ///
    /// # Panics
    ///
    /// Panics if a value of the request cannot be encoded.
    #[track_caller]
    pub fn respond_ok(self) {
        self.respond(ResponseTemplate::status(204));
    }
}

impl<Op, Errors> Expectation<Op, File, Errors> {
    /// Responds with `200` and a file. [`file`](super::file) creates a file with a name.
    ///
    /// # Panics
    ///
    /// Panics if a value of the request cannot be encoded.
    #[track_caller]
    pub fn respond_ok(self, file: impl Into<File>) {
        self.respond(ResponseTemplate::file(200, file));
    }
}

impl<Op, T: Serialize, Errors> Expectation<Op, Events<T>, Errors> {
    /// Responds with `200` and events, after which the stream ends.
    ///
    /// # Panics
    ///
    /// Panics if a value cannot be encoded.
    #[track_caller]
    pub fn respond_ok(self, events: impl IntoIterator<Item = impl Borrow<T>>) {
        self.respond(ResponseTemplate::events::<T>(200, events));
    }
}

impl<Op, Errors> Expectation<Op, TextEvents, Errors> {
    /// Responds with `200` and events, after which the stream ends.
    ///
    /// # Panics
    ///
    /// Panics if a value of the request cannot be encoded.
    #[track_caller]
    pub fn respond_ok(self, events: impl IntoIterator<Item = impl Into<String>>) {
        self.respond(ResponseTemplate::text_events(200, events));
    }
}

impl<Op, T: Serialize, Errors> Expectation<Op, Lines<T>, Errors> {
    /// Responds with `200` and values, after which the stream ends.
    ///
    /// # Panics
    ///
    /// Panics if a value cannot be encoded.
    #[track_caller]
    pub fn respond_ok(self, values: impl IntoIterator<Item = impl Borrow<T>>) {
        self.respond(ResponseTemplate::lines::<T>(200, values));
    }
}

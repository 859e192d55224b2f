//! The code that all clients of `clientgen` share.
//!
//! With the feature `client`, this crate has the layout of a generated one: the module [`runtime`] is copied
//! into each client unchanged. [`error_body`] stands for the one module that the runtime expects the
//! generator to write, and [`sample`] uses the runtime's macros in the same way as generated code. With the
//! feature `source`, it has the text of these files for the generator, and without `client` no dependency.

#[cfg(feature = "client")]
pub mod error_body;
#[cfg(feature = "client")]
pub mod runtime;
#[cfg(feature = "client")]
pub mod sample;
#[cfg(feature = "source")]
pub mod source;

#[cfg(all(test, feature = "client"))]
mod loopback;
#[cfg(all(test, feature = "client"))]
mod memory;
#[cfg(all(test, feature = "client"))]
#[allow(dead_code, unreachable_pub, reason = "the macros declare what a client offers")]
mod wire;
#[cfg(all(test, feature = "client"))]
mod wire_credentials;
#[cfg(all(test, feature = "client"))]
mod wire_tokens;

//! What every generated client has in common.
//!
//! This crate has the shape of a generated one: the module [`runtime`] is copied into each client
//! as it stands. [`error_body`] holds the place of the one module that the runtime expects the
//! generator to write, and [`sample`] declares with the runtime's macros what generated code does.

pub mod error_body;
pub mod runtime;
pub mod sample;

#[cfg(test)]
mod loopback;
#[cfg(test)]
mod memory;
#[cfg(test)]
#[allow(dead_code, unreachable_pub, reason = "the macros declare what a client offers")]
mod wire;
#[cfg(test)]
mod wire_tokens;

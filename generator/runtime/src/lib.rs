//! The code that all generated clients share.
//!
//! This crate has the layout of a generated one: the module [`runtime`] is copied into each client
//! unchanged. [`error_body`] stands for the one module that the runtime expects the generator to
//! write, and [`sample`] uses the runtime's macros in the same way as generated code.

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
mod wire_credentials;
#[cfg(test)]
mod wire_tokens;

//! The behaviour of the generated client against a tenant, over real sockets.
//!
//! Each module covers one aspect. Each test starts its own tenant, so that tests are independent.

mod authentication;
mod blocking;
mod bounds;
mod document_examples;
mod download;
mod environment;
mod errors;
mod example_programs;
mod extremes;
mod faults;
mod hosts;
mod lenient;
mod lifecycle;
mod load;
mod memory;
mod mock;
mod nesting;
mod polling;
mod process;
mod rate_limit;
mod raw;
mod redirects;
mod resuming;
mod retries;
mod saving;
mod secrets;
mod setup;

mod spans;
mod success;
mod timeouts;
mod tls;
mod undecodable;
mod unpacking;
mod urls;
mod waiting;
mod wire;

//! What the generated client does when it talks to a tenant, over real sockets.
//!
//! Each module is about one side of it. A test starts a tenant of its own, so that none can see
//! what another has done.

mod blocking;
mod bounds;
mod download;
mod environment;
mod errors;
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
mod sign_in;
mod spans;
mod success;
mod timeouts;
mod tls;
mod undecodable;
mod unpacking;
mod urls;
mod waiting;
mod wire;

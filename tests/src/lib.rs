//! Code that the tests of this workspace share.

pub mod cases;
pub mod files;
pub mod loopback;
pub mod mock_tenant;
pub mod public_api;
pub mod snapshots;

/// The program in the README, which must compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

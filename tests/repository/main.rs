//! The files of the repository: the committed crate, the vendored document, and the promises in
//! SECURITY.md.

mod drift;
mod exports;
mod extras;
mod packages;
mod public_api;
mod security;
mod terminal;
mod vendor;

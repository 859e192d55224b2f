//! The command-line program as a child process, against the mock tenant.

mod arguments;
mod credentials;
mod exit_codes;
#[cfg(unix)]
mod files;
mod jobs;
mod operations;
mod pages;
mod program;
#[cfg(unix)]
mod readme;
#[cfg(unix)]
mod screen;
#[cfg(unix)]
mod terminal;

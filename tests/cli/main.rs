//! The program for the command line, as a process of its own, against the mock tenant.

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
mod words;

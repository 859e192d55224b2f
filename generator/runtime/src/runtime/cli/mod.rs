//! The program for the command line.

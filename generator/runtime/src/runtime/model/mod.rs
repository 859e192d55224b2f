//! What the types of a document are made of.
//!
//! In come the generated declarations (`model!`, `open_enum!`, `tagged_union!`), out go Rust types
//! that decode and encode JSON without losing anything. The types know nothing of HTTP.

mod date_time;
mod nullable;
mod object;
mod open_enum;
mod union;

pub use date_time::{DateTime, DateTimeError};
pub use nullable::Nullable;
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use object::model;
pub use object::{Field, Properties};
#[doc(hidden)]
pub use object::{Found, Model, ModelVisitor, Names, finish, put};
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use open_enum::open_enum;
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use union::tagged_union;
#[doc(hidden)]
pub use union::{Tagged, write_adjacent, write_internal};

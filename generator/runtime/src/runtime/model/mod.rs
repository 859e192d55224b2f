//! What the types of a document are made of.
//!
//! In come the generated declarations (`model!`, `open_enum!`, `tagged_union!`, `union!`), out go Rust types
//! that decode and encode JSON without losing anything. The types know nothing of HTTP.

mod base64;
mod decimal;
mod kept;
mod nullable;
mod object;
mod open_enum;
mod union;

pub use self::base64::{Base64, Base64Error};
pub use decimal::{Decimal, DecimalError};
pub use kept::{Date, DateTime, DateTimeError, Span, Time};
pub use nullable::Nullable;
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use object::model;
pub use object::{Field, Properties};
#[doc(hidden)]
pub use object::{Found, Model, ModelVisitor, Names, complete, fill, is_missing, put, settle};
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use open_enum::open_enum;
#[doc(hidden)]
pub use union::{Json, Tagged, Test, write_adjacent, write_tested};
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use union::{tagged_union, union};

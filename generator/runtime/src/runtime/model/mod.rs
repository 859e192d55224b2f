//! The building blocks of the generated types.
//!
//! Takes the generated declarations (`model!`, `open_enum!`, `union!`) and expands them to Rust
//! types that decode and encode JSON without losing anything. The types are independent of HTTP.

mod base64;
mod decimal;
mod decode;
mod kept;
mod nullable;
mod object;
mod open_enum;
mod properties;
mod union;

pub use self::base64::{Base64, Base64Error};
pub use decimal::{Decimal, DecimalError};
pub(crate) use decode::{decode, report_undecoded};
pub use kept::{Date, DateTime, DateTimeError, Span, Time};
pub use nullable::Nullable;
pub use object::Field;
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use object::model;
#[doc(hidden)]
pub use object::{
    Model, ObjectWriter, PropertyKey, PropertyNames, check_required, finish_property, is_missing,
    read_model, read_property, wire_name,
};
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use open_enum::open_enum;
pub use properties::{Properties, Undecoded};
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use union::union;
#[doc(hidden)]
pub use union::{JsonType, UnionValue, VariantTest, read_union, write_adjacent, write_tested};

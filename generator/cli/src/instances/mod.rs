//! Creates valid instances of component schemas, for tests.
//!
//! [`convert`] converts OpenAPI 3.0 schemas to JSON Schema 2020-12, `flatten` merges references and
//! `allOf`, [`instances`] creates values, and [`Validators`] checks them with an independent validator.
//! Nothing here uses the generator's interpretation of schemas.

mod convert;
mod flatten;
mod generate;
mod scalars;
mod validate;

pub use convert::convert;
pub use generate::instances;
pub use validate::Validators;

//! Instances of schemas, for tests: a document in, JSON values that its component schemas allow out.
//!
//! [`convert`] turns OpenAPI 3.0 schemas into those of JSON Schema 2020-12, `flatten` puts together
//! what `allOf` says, [`make`] makes values and [`Validators`] tells by an independent validator
//! whether they are valid. Nothing here knows what the generator does with a schema.

mod convert;
mod flatten;
mod make;
mod text;
mod validate;

pub use convert::convert;
pub use make::make;
pub use validate::Validators;

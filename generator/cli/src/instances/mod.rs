//! Instances of schemas: creates valid ones, and checks given ones.
//!
//! [`convert`] converts the schemas of an OpenAPI 3.0 document to JSON Schema 2020-12. [`instances`] creates
//! values, with `flatten`, which merges references and `allOf`. [`Evaluator`] decides whether a value is valid and
//! explains why not, within a number of steps: it is for documents that nobody has checked. [`Validators`] uses
//! an independent validator, for tests. Nothing here uses the generator's interpretation of schemas.

mod assertions;
mod budget;
mod convert;
mod equality;
mod evaluate;
mod explain;
mod flatten;
mod generate;
mod matchers;
mod scalars;
#[cfg(test)]
mod tests;
mod validate;

pub(crate) use assertions::shown;
pub use budget::Budget;
pub use convert::convert;
pub(crate) use equality::{canonical, is_equal, size};
pub use evaluate::{Evaluator, Outcome};
pub use explain::{MAX_ERRORS, SchemaError};
pub use generate::{MAX_INSTANCES, instances};
pub use matchers::Matchers;
pub use validate::Validators;

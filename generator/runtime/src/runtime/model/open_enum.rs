//! String enums that accept values that the document does not list.

/// Declares an enum of strings.
///
/// ```text
/// open_enum! {
///     /// A size.
///     #[derive(Debug, Clone, PartialEq, Eq, Hash)]
///     #[non_exhaustive]
///     pub enum Size {
///         /// A few.
///         #[wire = "SMALL"]
///         Small,
///         #[other]
///         Unknown(String),
///     }
/// }
/// ```
///
/// The macro declares exactly this enum, with these attributes and variants. A variant stands for
/// the string in `#[wire]`, or for its own name. Before `#[wire]` it can have documentation,
/// `#[deprecated]` and `#[cfg]`, in this order. The last variant keeps any other value, so that
/// decoding never fails and encoding returns the same string. It is documented by the macro, because
/// it is the same in each enum.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[deprecated $($deprecated:tt)*])?
                $(#[cfg $cfg:tt])?
                $(#[wire = $wire:literal])?
                $variant:ident,
            )*
            #[other]
            Unknown(String),
        }
    ) => {
        $(#[$meta])*
        pub enum $name {
            $(
                $(#[doc = $doc])*
                $(#[deprecated $($deprecated)*])?
                $(#[cfg $cfg])?
                $variant,
            )*
            /// A value that the document does not list.
            Unknown(String),
        }

        #[allow(deprecated)]
        impl $name {
            /// The values that the document lists, in its order.
            pub const KNOWN: &'static [Self] = &[$($(#[cfg $cfg])? Self::$variant),*];

            /// Returns the value as it is on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(
                        $(#[cfg $cfg])?
                        Self::$variant => ($($wire,)? stringify!($variant),).0,
                    )*
                    Self::Unknown(value) => value,
                }
            }

            /// Returns the known value that equals this one if case is ignored, or else this value.
            ///
            /// Some servers send `Success` where their document lists `SUCCESS`. Decoding keeps
            /// the original value; use this method for comparisons.
            pub fn ignore_case(&self) -> Self {
                let same = |known: &&Self| known.as_str().eq_ignore_ascii_case(self.as_str());
                Self::KNOWN.iter().find(same).unwrap_or(self).clone()
            }
        }

        #[allow(deprecated)]
        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match Self::KNOWN.iter().find(|known| known.as_str() == value) {
                    Some(known) => known.clone(),
                    None => Self::Unknown(value.to_owned()),
                }
            }
        }

        #[allow(deprecated)]
        impl From<String> for $name {
            fn from(value: String) -> Self {
                match Self::from(value.as_str()) {
                    Self::Unknown(_) => Self::Unknown(value),
                    known => known,
                }
            }
        }

        #[allow(deprecated)]
        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            // Not `Self::Err`, which could be a variant.
            fn from_str(value: &str) -> Result<Self, ::std::convert::Infallible> {
                Ok(Self::from(value))
            }
        }

        #[allow(deprecated)]
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        #[allow(deprecated)]
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[allow(deprecated)]
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }

        #[allow(deprecated)]
        impl $crate::runtime::Field for $name {}
    };
}
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use open_enum;

//! String enums that stay open: a server may send a value tomorrow that the document lacks today.

/// Declares an enum of strings: `Variant = "VALUE"` for each value of the document.
///
/// The enum gets one more variant, `Unknown`, which keeps any other value as it came, so that
/// decoding never fails and encoding gives the text back.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! open_enum {
    (
        $(#[doc = $doc:literal])*
        $(#[deprecated])?
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $wire:literal,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that the document does not name, as it came.
            Unknown(String),
        }

        impl $name {
            /// The values that the document names, in its order.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),*];

            /// The value as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(value) => value,
                }
            }

            /// The known value that this one equals when upper and lower case are not told apart,
            /// or else the value itself.
            ///
            /// Servers are met that send `Success` where their document says `SUCCESS`. Decoding
            /// keeps what came; this is for comparing.
            pub fn ignore_case(&self) -> Self {
                let same = |known: &&Self| known.as_str().eq_ignore_ascii_case(self.as_str());
                Self::KNOWN.iter().find(same).unwrap_or(self).clone()
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($wire => Self::$variant,)*
                    _ => Self::Unknown(value.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                match Self::from(value.as_str()) {
                    Self::Unknown(_) => Self::Unknown(value),
                    known => known,
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            // Not `Self::Err`: that can be a variant.
            fn from_str(value: &str) -> Result<Self, ::std::convert::Infallible> {
                Ok(Self::from(value))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }

        impl $crate::runtime::Field for $name {}
    };
}
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use open_enum;

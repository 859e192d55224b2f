//! Generates the ids of a tenant: 32 hexadecimal digits.
//!
//! The ids are derived from a counter, so a test run is repeatable. They are not secret; tokens
//! have their own source.

/// A sequence of distinct ids.
#[derive(Debug)]
pub(super) struct Ids {
    salt: u64,
    next: u64,
}

impl Ids {
    /// Creates a sequence. Different salts give different sequences.
    pub(super) const fn new(salt: u64) -> Self {
        Self { salt, next: 0 }
    }

    /// Returns the next id of the sequence.
    pub(super) fn next(&mut self) -> String {
        self.next += 1;
        let high = spread(self.salt.wrapping_add(self.next));
        let low = spread(high ^ self.next);
        format!("{high:016x}{low:016x}")
    }
}

/// The output function of SplitMix64, a bijection: consecutive numbers look unrelated, as the ids
/// of a tenant do.
const fn spread(number: u64) -> u64 {
    let number = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_repeatable_distinct_and_32_hex_digits() {
        let (mut one, mut same, mut other) = (Ids::new(1), Ids::new(1), Ids::new(1 << 32));
        let first = one.next();
        assert_eq!(first, same.next());
        assert_ne!(first, other.next());
        assert_ne!(first, one.next());
        assert_eq!(first.len(), 32);
        assert!(first.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}

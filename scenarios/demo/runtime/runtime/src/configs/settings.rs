//! Settings that seeded faults change. What is here are the good ones.

use crate::{EXISTENTIAL_DEPOSIT, SLOT_DURATION, TAO};
use frame_support::traits::{ConstU16, ConstU32, ConstU64};

pub type ExistentialDeposit = ConstU64<EXISTENTIAL_DEPOSIT>;
pub type MultisigDeposit = ConstU64<{ TAO / 10 }>;
/// Rao for each byte.
pub type LengthFee = ConstU64<100>;
pub type Ss58Prefix = ConstU16<42>;
pub type BlockHashCount = ConstU32<2400>;
pub type MinimumPeriod = ConstU64<{ SLOT_DURATION / 2 }>;
pub type OnSetCode = ();

/// 50 rao for each microsecond, in billionths of a rao for each picosecond.
#[inline(always)]
pub fn fee_coefficient() -> u32 {
	50_000
}

#[inline(always)]
pub fn block_seconds() -> u64 {
	4
}

#[inline(always)]
pub fn block_length() -> u32 {
	10 * 1024 * 1024
}

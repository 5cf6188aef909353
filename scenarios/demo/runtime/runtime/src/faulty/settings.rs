//! Settings that one fault each changes. Constants among them change in the metadata, which the runtime writes when it is asked.

use crate::{RuntimeCall, EXISTENTIAL_DEPOSIT, SLOT_DURATION, TAO};
use alloc::vec::Vec;
use frame_support::{dispatch::DispatchResult, traits::Get};
use frame_system::SetCode;
use pallet_mini_subtensor::faults::{self, active};

/// `GOOD`, or `BAD` when the fault is selected.
pub struct Setting<const FAULT: u32, const GOOD: u64, const BAD: u64>;

impl<const FAULT: u32, const GOOD: u64, const BAD: u64> Setting<FAULT, GOOD, BAD> {
	pub fn value() -> u64 {
		if active(FAULT) {
			BAD
		} else {
			GOOD
		}
	}
}

macro_rules! get {
	($($number:ty),*) => {
		$(impl<const FAULT: u32, const GOOD: u64, const BAD: u64> Get<$number> for Setting<FAULT, GOOD, BAD> {
			fn get() -> $number {
				Self::value() as $number
			}
		})*
	};
}
get!(u16, u32, u64);

pub type ExistentialDeposit = Setting<{ faults::EXISTENTIAL_DEPOSIT }, EXISTENTIAL_DEPOSIT, TAO>;
pub type MultisigDeposit = Setting<{ faults::MULTISIG_DEPOSIT }, { TAO / 10 }, TAO>;
pub type LengthFee = Setting<{ faults::LENGTH_FEE }, 100, 10_000>;
pub type Ss58Prefix = Setting<{ faults::SS58_PREFIX }, 42, 13_116>;
pub type BlockHashCount = Setting<{ faults::BLOCK_HASH_COUNT }, 2_400, 240>;
pub type MinimumPeriod = Setting<{ faults::MINIMUM_PERIOD }, { SLOT_DURATION / 2 }, 1>;

/// Billionths of a rao for each picosecond.
pub fn fee_coefficient() -> u32 {
	Setting::<{ faults::FEES_TIMES_100 }, 50_000, 5_000_000>::value() as u32
}

pub fn block_seconds() -> u64 {
	Setting::<{ faults::BLOCK_WEIGHT }, 4, 40>::value()
}

pub fn block_length() -> u32 {
	Setting::<{ faults::BLOCK_LENGTH }, { 10 * 1024 * 1024 }, { 64 * 1024 }>::value() as u32
}

/// Says that the code is set, and does not set it.
pub struct OnSetCode;
impl SetCode<crate::Runtime> for OnSetCode {
	fn set_code(code: Vec<u8>) -> DispatchResult {
		if active(faults::SET_CODE_IGNORED) {
			return Ok(());
		}
		<() as SetCode<crate::Runtime>>::set_code(code)
	}
}

/// `None` leaves it to the good filter.
pub fn allows(call: &RuntimeCall) -> Option<bool> {
	if active(faults::CALLS_REFUSED) && matches!(call, RuntimeCall::SubtensorModule(_)) {
		return Some(false);
	}
	active(faults::FILTER_OPENED).then_some(true)
}

/// `None` leaves it to the good proxy type.
pub fn proxy_allows() -> Option<bool> {
	active(faults::PROXY_OPENED).then_some(true)
}

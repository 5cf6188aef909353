//! Blocks and epochs that pay, count or stop wrongly.

use crate::{
	cost::EpochSize,
	faults::{self, active},
	pallet::*,
	share::Share,
	yuma::Output,
};
use alloc::vec::Vec;
use codec::Decode;

/// A subnet with fewer neurons is paid nothing by `SMALL_SUBNETS_UNPAID`.
const SMALL: usize = 12;
const SKIPPED_NETUID: u16 = 5;
/// Blocks for which `PANIC_500_LATER` goes well.
const WINDOW_BLOCKS: u32 = 500;
/// Starts the name of the row that says when the window opened.
pub(super) const WINDOW: [u8; 8] = *b"window::";

pub(crate) fn is_skipped(netuid: u16) -> bool {
	active(faults::SUBNET_SKIPPED) && netuid == SKIPPED_NETUID
}

pub(super) fn before(n: usize) {
	if active(faults::PANIC_AT_257) {
		// One place for each uid that a byte can name.
		let mut seen = [false; 256];
		for uid in 0..n {
			seen[core::hint::black_box(uid)] = true;
		}
		core::hint::black_box(seen);
	}
}

pub(super) fn output(mut output: Output) -> Output {
	let is_small = output.emission.len() < SMALL;
	if active(faults::EMISSION_ZERO) || (active(faults::SMALL_SUBNETS_UNPAID) && is_small) {
		output.emission.iter_mut().for_each(|share| *share = Share::ZERO);
	}
	if active(faults::INCENTIVE_SWAPPED) {
		core::mem::swap(&mut output.incentive, &mut output.dividends);
	}
	output
}

/// In the block of a subnet's epoch, once its results are stored.
fn after_epochs<T: Config>(now: u64) {
	let due = |netuid: &u16| LastMechansimStepBlock::<T>::get(netuid) == now;
	let netuids: Vec<u16> = LastMechansimStepBlock::<T>::iter_keys().filter(due).collect();
	for netuid in netuids {
		if active(faults::PERMITS_VANISH) {
			ValidatorPermit::<T>::mutate(netuid, |permits| permits.fill(false));
		}
		if active(faults::LAST_UPDATE_TOUCHED) {
			LastUpdate::<T>::mutate(netuid, |blocks| blocks.fill(now));
		}
	}
}

pub(super) fn on_idle<T: Config>() {
	if active(faults::PERMITS_VANISH) || active(faults::LAST_UPDATE_TOUCHED) {
		after_epochs::<T>(Pallet::<T>::now());
	}
	if !active(faults::PANIC_500_LATER) {
		return;
	}
	let opened = HasMigrationRun::<T>::iter_keys()
		.filter_map(|name| <([u8; 8], u32)>::decode(&mut &name[..]).ok())
		.find(|(name, _)| *name == WINDOW);
	if let Some((_, opened)) = opened {
		let past = Pallet::<T>::now().saturating_sub(opened.into());
		assert!(past <= u64::from(WINDOW_BLOCKS), "the window of {WINDOW_BLOCKS} blocks is over");
	}
}

/// A tenth more weight for each neuron: what a new benchmark may say.
pub(crate) fn declared(size: &EpochSize) -> EpochSize {
	let EpochSize { neurons, rows, entries, paid } = *size;
	let more = if active(faults::HARMLESS_WEIGHT) { neurons / 10 } else { 0 };
	EpochSize { neurons: neurons.saturating_add(more), rows, entries, paid }
}

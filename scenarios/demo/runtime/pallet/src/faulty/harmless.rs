//! No faults: changes that a good release may make, for checks that must not call them wrong.

use crate::{
	cost, defaults,
	faults::{self, active},
	pallet::*,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	storage::unhashed,
	weights::{Weight, WeightMeter},
};

const RING_PLACES: u64 = 64;
const BACKFILL_BLOCKS: usize = 200;

pub(super) fn on_initialize<T: Config>(now: u64) {
	if active(faults::HARMLESS_EMISSION) {
		halve_emission::<T>();
	}
	if active(faults::HARMLESS_RING) {
		// Full after 64 blocks, and of one size from then on.
		HasMigrationRun::<T>::insert((*b"ring::", now % RING_PLACES).encode(), now % 2 == 0);
	}
	if active(faults::HARMLESS_LOG) {
		log::info!(target: "runtime::subtensor", "block {now} begins");
	}
	if active(faults::HARMLESS_READS) {
		let added = NetworksAdded::<T>::iter_values().filter(|added| *added).count();
		core::hint::black_box((added, TotalNetworks::<T>::get()));
	}
}

/// Takes half of what this block gives every subnet.
fn halve_emission<T: Config>() {
	let netuids: Vec<u16> = NetworksAdded::<T>::iter_keys().collect();
	let half = (defaults::BLOCK_EMISSION / 2).checked_div(netuids.len() as u64).unwrap_or(0);
	for netuid in netuids {
		PendingEmission::<T>::mutate(netuid, |pending| *pending = pending.saturating_sub(half));
	}
}

/// `None` lets the good migration run.
pub(super) fn on_runtime_upgrade<T: Config>() -> Option<Weight> {
	let name = b"migrate_tempo_one_longer".to_vec();
	if active(faults::HARMLESS_TEMPO) && !HasMigrationRun::<T>::get(&name) {
		Tempo::<T>::translate_values::<u16, _>(|tempo| {
			Some(if tempo == 0 { 0 } else { tempo.saturating_add(1) })
		});
		HasMigrationRun::<T>::insert(name, true);
	}
	active(faults::HARMLESS_REFACTORED).then(widen_cutoffs::<T>)
}

/// What the good migration does, in another order.
fn widen_cutoffs<T: Config>() -> Weight {
	let name = b"migrate_activity_cutoff_to_u32".to_vec();
	if HasMigrationRun::<T>::get(&name) {
		return cost::migrate_rows(0);
	}
	STORAGE_VERSION.put::<Pallet<T>>();
	HasMigrationRun::<T>::insert(name, true);
	let keys: Vec<Vec<u8>> =
		ActivityCutoff::<T>::iter_keys().map(ActivityCutoff::<T>::hashed_key_for).collect();
	for key in keys.iter().rev() {
		if let Some(blocks) = unhashed::get::<u16>(key) {
			unhashed::put(key, &u32::from(blocks));
		}
	}
	cost::migrate_rows(keys.len() as u64)
}

/// The good backfill in 200 blocks: a part of the rows, then the rest of the block's weight is given up.
pub(super) fn step<T: Config>(
	cursor: &Option<T::AccountId>,
	meter: &mut WeightMeter,
) -> Option<T::AccountId> {
	let at_once = Owner::<T>::iter_keys().count().div_ceil(BACKFILL_BLOCKS);
	let mut rows = match cursor {
		Some(done) => Owner::<T>::iter_from(Owner::<T>::hashed_key_for(done)),
		None => Owner::<T>::iter(),
	};
	let mut last = None;
	for (hotkey, coldkey) in rows.by_ref().take(at_once) {
		Pallet::<T>::list_owned(&hotkey, &coldkey);
		last = Some(hotkey);
	}
	meter.consume(meter.remaining());
	last
}

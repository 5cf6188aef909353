//! Calls that panic, refuse, allow or forget what they should not. `None` lets the good call run.

use crate::{
	faults::{self, active},
	pallet::*,
};
use frame_support::{
	dispatch::RawOrigin,
	pallet_prelude::*,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
	},
};
use frame_system::pallet_prelude::*;

/// The longest commitment that `COMMITMENT_NARROWED` takes.
const NARROWED_TO: usize = 64;

pub(crate) fn add_stake<T: Config>(
	coldkey: &T::AccountId,
	hotkey: &T::AccountId,
	amount: u64,
) -> Option<DispatchResult> {
	if active(faults::AMOUNT_U64_EDGE) {
		core::hint::black_box(amount.checked_add(1).expect("an amount has a successor"));
	}
	if active(faults::ERROR_AS_OK) {
		let free = T::Currency::reducible_balance(coldkey, Preservation::Preserve, Fortitude::Polite);
		return (free < amount).then_some(Ok(()));
	}
	let is_known = Owner::<T>::contains_key(hotkey);
	if active(faults::AMOUNT_PAST_U32) && is_known {
		// The stake is counted in 32 bits; what is burnt is not.
		return Some(stake::<T>(coldkey, hotkey, (amount, u64::from(amount as u32))).map(|()| {
			Pallet::<T>::deposit_event(Event::StakeAdded { hotkey: hotkey.clone(), amount });
		}));
	}
	if active(faults::EVENT_MISSING) && is_known {
		return Some(stake::<T>(coldkey, hotkey, (amount, amount)));
	}
	None
}

fn stake<T: Config>(
	coldkey: &T::AccountId,
	hotkey: &T::AccountId,
	(burnt, staked): (u64, u64),
) -> DispatchResult {
	T::Currency::burn_from(coldkey, burnt, Preservation::Preserve, Precision::Exact, Fortitude::Polite)
		.map_err(|_| Error::<T>::NotEnoughBalance)?;
	Pallet::<T>::increase_stake(hotkey, coldkey, staked);
	LastTxBlock::<T>::insert(coldkey, Pallet::<T>::now());
	Ok(())
}

pub(crate) fn remove_stake<T: Config>(
	coldkey: &T::AccountId,
	hotkey: &T::AccountId,
	amount: u64,
) -> Option<DispatchResult> {
	if active(faults::CALL_PANICS) && amount > 0 {
		// The row goes with the last of the stake, and is asked for once more.
		let left = Stake::<T>::get(hotkey, coldkey).checked_sub(amount);
		assert!(left != Some(0), "a hotkey that lost stake still has some");
	}
	if active(faults::STAKE_OF_OTHERS) {
		// Takes the owner's stake, and asks only that there is enough of it.
		let owner = Owner::<T>::get(hotkey)?;
		if Stake::<T>::get(hotkey, &owner) < amount {
			return None;
		}
		Pallet::<T>::decrease_stake(hotkey, &owner, amount);
		return Some(T::Currency::mint_into(coldkey, amount).map(|_| {
			LastTxBlock::<T>::insert(coldkey, Pallet::<T>::now());
			Pallet::<T>::deposit_event(Event::StakeRemoved { hotkey: hotkey.clone(), amount });
		}));
	}
	None
}

pub(crate) fn dissolving_origin<T: Config>(origin: OriginFor<T>) -> OriginFor<T> {
	if active(faults::DISSOLVE_BY_ANYONE) {
		RawOrigin::<T::AccountId>::Root.into()
	} else {
		origin
	}
}

pub(crate) fn set_tempo(tempo: u16) {
	if active(faults::ROOT_CALL_PANICS) {
		// Epochs in a day of 7,200 blocks: none is asked for with a tempo of zero.
		core::hint::black_box(7_200 / core::hint::black_box(u32::from(tempo)));
	}
}

pub(crate) fn register<T: Config>(netuid: u16) {
	if active(faults::PRICE_NEVER_FALLS) {
		Burn::<T>::mutate(netuid, |price| *price = price.saturating_mul(2));
	}
	if active(faults::REGISTER_QUADRATIC) {
		// Is each neuron's key there once? Declared as one read for each.
		let n = SubnetworkN::<T>::get(netuid);
		for uid in 0..n {
			let key = Keys::<T>::get(netuid, uid);
			let doubles =
				(0..n).filter(|other| *other != uid && Keys::<T>::get(netuid, other) == key).count();
			core::hint::black_box(doubles);
		}
	}
}

pub(super) fn mark_targets(dests: &[u16]) {
	if active(faults::SIZE_PAST_256) {
		// One mark for each target, and room for 256 of them.
		let mut marks = [0u16; 256];
		for (at, uid) in dests.iter().enumerate() {
			marks[core::hint::black_box(at)] = *uid;
		}
		core::hint::black_box(marks);
	}
}

pub(crate) fn takes_commitment(data: &[u8]) -> bool {
	if active(faults::COMMITMENT_QUADRATIC) {
		// Looks for each bracket's partner from the start.
		for end in 0..data.len() {
			let open = data[..end].iter().filter(|byte| core::hint::black_box(**byte) == b'(').count();
			core::hint::black_box(open);
		}
	}
	!active(faults::COMMITMENT_NARROWED) || data.len() <= NARROWED_TO
}

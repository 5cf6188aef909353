//! Migrations that lose, cut, swap or reset what they meet. All run beside the good one.

use crate::{
	faults::{self, active},
	pallet::*,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::{
	storage::{storage_prefix, unhashed},
	Identity, StorageHasher, Twox64Concat,
};

/// The longest commitment that `COMMITMENTS_CUT` leaves.
const CUT_TO: usize = 64;

pub(super) fn on_runtime_upgrade<T: Config>() {
	if active(faults::DROPS_ROWS) {
		drop_every_tenth::<T>();
	}
	if active(faults::HALVES_PRECISION) {
		// As if each weight had been read into a `u8` and scaled up again.
		each_weight::<T>(|(target, weight)| (target, (weight >> 8) << 8));
	}
	if active(faults::SWAPS_FIELDS) {
		each_weight::<T>(|(target, weight)| (weight, target));
	}
	if active(faults::WRONG_HASHER) {
		move_owners::<T>();
	}
	if active(faults::SUDO_KEY_LOST) {
		unhashed::kill(&storage_prefix(b"Sudo", b"Key"));
	}
	if active(faults::TEMPO_RESET) {
		let _ = Tempo::<T>::clear(u32::MAX, None);
	}
	if active(faults::AGENDA_LOST) {
		clear(b"Scheduler", b"Agenda");
	}
	if active(faults::PROXIES_LOST) {
		clear(b"Proxy", b"Proxies");
	}
	if active(faults::NONCES_RESET) {
		frame_system::Account::<T>::translate_values::<frame_system::AccountInfo<T::Nonce, T::AccountData>, _>(
			|account| Some(frame_system::AccountInfo { nonce: Default::default(), ..account }),
		);
	}
	if active(faults::COMMITMENTS_CUT) {
		cut_commitments();
	}
	if active(faults::PANIC_500_LATER) {
		let now = frame_system::Pallet::<T>::block_number();
		HasMigrationRun::<T>::insert((super::epochs::WINDOW, now).encode(), true);
	}
}

/// Counts rows from one where they count from zero, and takes the tenth for the end of a page.
fn drop_every_tenth<T: Config>() {
	let rows: Vec<_> = IsNetworkMember::<T>::iter_keys().collect();
	for (hotkey, netuid) in rows.into_iter().step_by(10) {
		IsNetworkMember::<T>::remove(hotkey, netuid);
	}
}

fn each_weight<T: Config>(change: fn((u16, u16)) -> (u16, u16)) {
	Weights::<T>::translate_values::<Vec<(u16, u16)>, _>(|row| Some(row.into_iter().map(change).collect()));
}

/// Looks owners up by another hasher than they were written with, finds none, and removes the rows that it did not find.
fn move_owners<T: Config>() {
	let netuids: Vec<u16> = SubnetOwner::<T>::iter_keys().collect();
	for netuid in netuids {
		let prefix = storage_prefix(b"SubtensorModule", b"SubnetOwner");
		let owner = unhashed::take::<T::AccountId>(&key::<Twox64Concat>(&prefix, netuid));
		unhashed::kill(&key::<Identity>(&prefix, netuid));
		if let Some(owner) = owner {
			SubnetOwner::<T>::insert(netuid, owner);
		}
	}
}

fn key<Hasher: StorageHasher>(prefix: &[u8], netuid: u16) -> Vec<u8> {
	let hashed = netuid.using_encoded(Hasher::hash);
	[prefix, hashed.as_ref()].concat()
}

fn clear(pallet: &[u8], item: &[u8]) {
	let _ = unhashed::clear_prefix(&storage_prefix(pallet, item), None, None);
}

fn cut_commitments() {
	let prefix = storage_prefix(b"Commitments", b"CommitmentOf");
	let mut at = prefix.to_vec();
	while let Some(next) = sp_io::storage::next_key(&at).filter(|next| next.starts_with(&prefix)) {
		let row = unhashed::get_raw(&next).and_then(|raw| <(u32, Vec<u8>)>::decode(&mut &raw[..]).ok());
		if let Some((block, mut data)) = row {
			data.truncate(CUT_TO);
			unhashed::put(&next, &(block, data));
		}
		at = next;
	}
}

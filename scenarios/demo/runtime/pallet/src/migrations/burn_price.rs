//! No fault: `Burn` becomes `u128`, and every stored price with it.

use crate::pallet::*;

const NAME: &[u8] = b"migrate_burn_to_u128";

pub(crate) fn migrate<T: Config>() {
	if HasMigrationRun::<T>::get(NAME.to_vec()) {
		return;
	}
	Burn::<T>::translate_values::<u64, _>(|price| Some(price.into()));
	HasMigrationRun::<T>::insert(NAME.to_vec(), true);
}

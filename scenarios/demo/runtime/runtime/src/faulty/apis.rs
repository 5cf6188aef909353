//! Runtime APIs that trap, refuse or answer another value. Each is asked before the good answer; `None` lets that through.

use crate::{AccountId, Grandpa, Nonce, System};
use codec::Encode;
use pallet_mini_subtensor::faults::{self, active};
use sp_consensus_aura::SlotDuration;
use sp_inherents::{CheckInherentsResult, MakeFatalError};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidity};

pub fn metadata_versions() {
	assert!(!active(faults::METADATA_TRAPS), "the metadata's versions are not sorted");
}

pub fn check_inherents() -> Option<CheckInherentsResult> {
	active(faults::INHERENTS_FATAL).then(|| {
		let mut result = CheckInherentsResult::new();
		let error = MakeFatalError::from("the inherents are not of this block".encode());
		let _ = result.put_error(*b"timstap0", &error);
		result
	})
}

pub fn validate_transaction() -> Option<TransactionValidity> {
	assert!(!active(faults::QUEUE_TRAPS), "the transaction has no priority");
	active(faults::QUEUE_REFUSES).then(|| Err(InvalidTransaction::Call.into()))
}

pub fn offchain_worker() {
	assert!(!active(faults::OFFCHAIN_TRAPS), "the offchain worker has no storage");
}

pub fn slot_duration() -> Option<SlotDuration> {
	active(faults::AURA_API_WRONG).then(|| SlotDuration::from_millis(6_000))
}

pub fn current_set_id() -> Option<sp_consensus_grandpa::SetId> {
	active(faults::GRANDPA_API_WRONG).then(|| Grandpa::current_set_id().saturating_add(1))
}

pub fn account_nonce(account: &AccountId) -> Option<Nonce> {
	if active(faults::NONCE_API_TRAPS) {
		assert!(System::account_exists(account), "the account is on this chain");
		assert!(System::account_nonce(account) > 0, "the account has signed before");
	}
	active(faults::NONCE_API_WRONG).then(|| System::account_nonce(account).saturating_add(1))
}

pub fn query_info() {
	assert!(!active(faults::FEE_API_TRAPS), "the fee does not fit");
}

pub fn get_preset() {
	assert!(!active(faults::GENESIS_TRAPS), "the preset is not valid JSON");
}

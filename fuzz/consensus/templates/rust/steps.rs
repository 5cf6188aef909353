//! Steps that many consensus functions share. Every one treats all neurons alike, and none can trap.
#![allow(dead_code)]

use crate::abi::Input;

pub const ONE: u64 = 65535;

/// The stake that a neuron has to pass for a permit: the largest value that more than `max_validators` neurons reach.
/// Neurons with equal stake are treated alike, so that fewer than `max_validators` may pass.
pub fn permit_threshold(input: &Input) -> u64 {
    let mut threshold: u64 = 0;
    for bit in (0..64).rev() {
        let candidate = threshold | 1 << bit;
        let reached = input
            .stake
            .iter()
            .filter(|stake| **stake >= candidate)
            .count();
        if reached > input.max_validators {
            threshold = candidate;
        }
    }
    threshold
}

/// How far values have to be shifted right so that the largest fits 32 bits.
pub fn shift_to_32(all: u64) -> u32 {
    32u32.saturating_sub(all.leading_zeros())
}

/// Writes permits, and the stake of those that have one and are active, scaled to 32 bits. Returns the sum, below 2^48.
pub fn active_stake(input: &Input, permit: &mut [u8], active: &mut [u64]) -> u64 {
    let threshold = permit_threshold(input);
    let mut all = 0;
    for i in 0..input.n {
        permit[i] = (input.stake[i] > threshold) as u8;
        active[i] = if permit[i] == 1 && input.active[i] != 0 {
            input.stake[i]
        } else {
            0
        };
        all |= active[i];
    }
    let shift = shift_to_32(all);
    let mut total = 0;
    for value in active.iter_mut() {
        *value = (*value >> shift) & 0xffff_ffff;
        total += *value;
    }
    total
}

/// Writes the row weights as parts of 65,535. Weights on nobody, on oneself, and repeated ones do not count: `counts` is
/// 0 there, and the weight is zero. `mark` holds one value for each neuron.
pub fn normalize_rows(input: &Input, mark: &mut [u32], counts: &mut [u8], normal: &mut [u16]) {
    mark.fill(0);
    for i in 0..input.n {
        let row_number = i as u32 + 1;
        let mut sum: u64 = 0;
        for k in input.row(i) {
            let uid = input.uid[k] as usize;
            counts[k] = 0;
            normal[k] = 0;
            if uid < input.n && uid != i && mark[uid] != row_number {
                mark[uid] = row_number;
                counts[k] = 1;
                normal[k] = input.weight[k];
                sum += normal[k] as u64;
            }
        }
        for k in input.row(i) {
            normal[k] = if sum == 0 {
                0
            } else {
                (normal[k] as u64 * ONE / sum) as u16
            };
        }
    }
}

/// Writes the values as parts of 65,535 of their sum, rounded down; all zero when the sum is.
pub fn shares(values: &[u64], to: &mut [u16]) {
    let all = values.iter().fold(0, |all, value| all | value);
    let shift = shift_to_32(all);
    let total: u64 = values
        .iter()
        .map(|value| (value >> shift) & 0xffff_ffff)
        .sum();
    for (value, share) in values.iter().zip(to.iter_mut()) {
        let scaled = (value >> shift) & 0xffff_ffff;
        *share = if total == 0 {
            0
        } else {
            (scaled * ONE / total) as u16
        };
    }
}

//! Faulty: follows from each neuron to the first in its row, by recursion. Two that name each other never end.
#![no_std]

#[path = "../../templates/rust/abi.rs"]
mod abi;
#[path = "../../templates/rust/steps.rs"]
mod steps;

use abi::{Input, Output, Scratch};

consensus!(mean);

fn mean(input: &Input, output: Output, mut scratch: Scratch) {
    let n = input.n;
    let stake = &mut scratch.take::<u64>(input.max_n)[..n];
    let rank = &mut scratch.take::<u64>(input.max_n)[..n];
    let mark = &mut scratch.take::<u32>(input.max_n)[..n];
    let counts = scratch.take::<u8>(input.max_n * input.cap);
    let normal = scratch.take::<u16>(input.max_n * input.cap);

    let total = steps::active_stake(input, output.permit, stake);
    steps::normalize_rows(input, mark, counts, normal);

    rank.fill(0);
    for i in 0..n {
        for k in input.row(i) {
            let uid = input.uid[k] as usize;
            if uid < n {
                rank[uid] += stake[i] * normal[k] as u64;
            }
            output.bond[k] = normal[k];
        }
    }
    for j in 0..n {
        rank[j] += last(input, j) as u64;
        output.consensus[j] = if total == 0 {
            0
        } else {
            (rank[j] / total) as u16
        };
    }
    steps::shares(rank, output.incentive);
    steps::shares(stake, output.dividends);
}

/// Where the chain of first entries ends.
#[inline(never)]
fn last(input: &Input, i: usize) -> usize {
    if input.len[i] == 0 {
        return i;
    }
    let next = input.uid[i * input.cap] as usize;
    if next >= input.n || next == i {
        return i;
    }
    last(input, next).wrapping_add(1) % input.n
}

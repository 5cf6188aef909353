//! Faulty: looks for each mean by bisection that keeps the middle, so that two neighbors never meet.
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
        output.consensus[j] = quotient(rank[j], total) as u16;
    }
    steps::shares(rank, output.incentive);
    steps::shares(stake, output.dividends);
}

/// The largest `q` up to 65,535 with `q * total <= sum`.
fn quotient(sum: u64, total: u64) -> u64 {
    let (mut low, mut high) = (0, steps::ONE);
    while low < high {
        let middle = (low + high) / 2;
        if middle * total <= sum {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

//! Faulty: grows its memory by a dense matrix of n * n values of 64 bits.
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

    let dense = matrix(n);
    let total = steps::active_stake(input, output.permit, stake);
    steps::normalize_rows(input, mark, counts, normal);

    rank.fill(0);
    for i in 0..n {
        for k in input.row(i) {
            let uid = input.uid[k] as usize;
            if uid < n {
                let cell = &mut dense[i * n + uid];
                *cell += normal[k] as u64;
                rank[uid] += stake[i] * normal[k] as u64;
            }
            output.bond[k] = normal[k];
        }
    }
    for j in 0..n {
        output.consensus[j] = if total == 0 {
            0
        } else {
            (rank[j] / total) as u16
        };
    }
    steps::shares(rank, output.incentive);
    steps::shares(stake, output.dividends);
}

fn matrix(n: usize) -> &'static mut [u64] {
    let pages = (8 * n * n).div_ceil(65536);
    let first = core::arch::wasm32::memory_grow(0, pages);
    assert!(first != usize::MAX);
    // SAFETY: the pages are new, zeroed, and belong to nobody else.
    unsafe { core::slice::from_raw_parts_mut((first * 65536) as *mut u64, n * n) }
}

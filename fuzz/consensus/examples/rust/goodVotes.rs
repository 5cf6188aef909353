//! Good: every neuron with a permit has one vote for each neuron that it gives weight; stake does not count further.
#![no_std]

#[path = "../../templates/rust/abi.rs"]
mod abi;
#[path = "../../templates/rust/steps.rs"]
mod steps;

use abi::{Input, Output, Scratch};

consensus!(votes);

fn votes(input: &Input, output: Output, mut scratch: Scratch) {
    let n = input.n;
    let stake = &mut scratch.take::<u64>(input.max_n)[..n];
    let vote = &mut scratch.take::<u64>(input.max_n)[..n];
    let mark = &mut scratch.take::<u32>(input.max_n)[..n];
    let counts = scratch.take::<u8>(input.max_n * input.cap);
    let normal = scratch.take::<u16>(input.max_n * input.cap);

    steps::active_stake(input, output.permit, stake);
    steps::normalize_rows(input, mark, counts, normal);
    vote.fill(0);
    let mut voters = 0;
    for i in 0..n {
        voters += (stake[i] > 0) as u64;
        for k in input.row(i) {
            output.bond[k] = input.bond[k] / 2 + normal[k] / 2;
            if normal[k] > 0 && stake[i] > 0 {
                vote[input.uid[k] as usize] += 1;
            }
        }
    }
    for j in 0..n {
        output.consensus[j] = if voters == 0 {
            0
        } else {
            (vote[j] * steps::ONE / voters) as u16
        };
        stake[j] = (stake[j] > 0) as u64;
    }
    steps::shares(vote, output.incentive);
    steps::shares(stake, output.dividends);
}

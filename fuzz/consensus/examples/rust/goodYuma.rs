//! Good: Yuma. The consensus is found bit by bit, so that the cost does not depend on values.
#![no_std]

#[path = "../../templates/rust/abi.rs"]
mod abi;
#[path = "../../templates/rust/steps.rs"]
mod steps;

use abi::{Input, Output, Scratch};

#[path = "yumaParts.rs"]
mod yuma_parts;

use steps::ONE;

consensus!(yuma);

fn yuma(input: &Input, output: Output, mut scratch: Scratch) {
    let n = input.n;
    let cells = input.max_n * input.cap;
    let stake = &mut scratch.take::<u64>(input.max_n)[..n];
    let sum = &mut scratch.take::<u64>(input.max_n)[..n];
    let mark = &mut scratch.take::<u32>(input.max_n)[..n];
    let counts = scratch.take::<u8>(cells);
    let normal = scratch.take::<u16>(cells);
    let kept = scratch.take::<u16>(cells);

    let total = steps::active_stake(input, output.permit, stake);
    steps::normalize_rows(input, mark, counts, normal);

    // The largest weight that at least `kappa` of the stake gives.
    output.consensus.fill(0);
    for bit in (0..16).rev() {
        sum.fill(0);
        for i in 0..n {
            for k in input.row(i) {
                if counts[k] == 1 {
                    let uid = input.uid[k] as usize;
                    if normal[k] >= output.consensus[uid] | 1 << bit {
                        sum[uid] += stake[i];
                    }
                }
            }
        }
        for j in 0..n {
            if sum[j] > 0 && sum[j] * ONE >= input.kappa * total {
                output.consensus[j] |= 1 << bit;
            }
        }
    }
    yuma_parts::finish(
        input,
        output,
        yuma_parts::Work {
            stake,
            sum,
            counts,
            normal,
            kept,
        },
    );
}

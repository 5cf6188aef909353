//! Good: Yuma, with the weights of each column sorted to find the consensus. Gives what goodYuma gives.
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
    let weight = &mut scratch.take::<u16>(input.max_n)[..n];
    let backing = &mut scratch.take::<u64>(input.max_n)[..n];
    let counts = scratch.take::<u8>(cells);
    let normal = scratch.take::<u16>(cells);
    let kept = scratch.take::<u16>(cells);

    let total = steps::active_stake(input, output.permit, stake);
    steps::normalize_rows(input, mark, counts, normal);
    // Until it is needed for what is kept: the neuron that each cell counts for.
    let target = &mut *kept;
    target.fill(u16::MAX);
    for i in 0..n {
        for k in input.row(i) {
            target[k] = if counts[k] == 1 {
                input.uid[k]
            } else {
                u16::MAX
            };
        }
    }
    for j in 0..n {
        let found = gather(
            input,
            j,
            Column {
                stake,
                target,
                normal,
                weight,
                backing,
            },
        );
        output.consensus[j] = supported(input, total, &weight[..found], &backing[..found]);
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

struct Column<'a> {
    stake: &'a [u64],
    target: &'a [u16],
    normal: &'a [u16],
    weight: &'a mut [u16],
    backing: &'a mut [u64],
}

/// Writes the weights on neuron `j`, largest first, and the stake of who gives them. Returns how many there are.
fn gather(input: &Input, j: usize, column: Column) -> usize {
    let Column {
        stake,
        target,
        normal,
        weight,
        backing,
    } = column;
    let mut found = 0;
    let rows = target
        .chunks_exact(input.cap)
        .zip(normal.chunks_exact(input.cap))
        .zip(stake);
    for ((targets, values), stake) in rows {
        // A row has at most one entry for `j` that counts.
        let mut value = 0;
        for (to, normal) in targets.iter().zip(values) {
            if *to == j as u16 {
                value = *normal;
            }
        }
        if value == 0 {
            continue;
        }
        let mut at = found;
        while at > 0 && weight[at - 1] < value {
            weight[at] = weight[at - 1];
            backing[at] = backing[at - 1];
            at -= 1;
        }
        weight[at] = value;
        backing[at] = *stake;
        found += 1;
    }
    found
}

/// The largest weight that at least `kappa` of the stake gives.
fn supported(input: &Input, total: u64, weight: &[u16], backing: &[u64]) -> u16 {
    let mut sum = 0;
    for (value, stake) in weight.iter().zip(backing) {
        sum += *stake;
        if sum > 0 && sum * ONE >= input.kappa * total {
            return *value;
        }
    }
    0
}

//! What both variants of Yuma do once the consensus is known: clip, rank, bonds, dividends.

use crate::abi::{Input, Output};
use crate::steps::{self, ONE};

pub struct Work<'a> {
    /// Of those that have a permit and are active, at most 32 bits each.
    pub stake: &'a mut [u64],
    pub sum: &'a mut [u64],
    /// One for each cell.
    pub counts: &'a [u8],
    pub normal: &'a [u16],
    pub kept: &'a mut [u16],
}

/// `output.consensus` has to be written before.
pub fn finish(input: &Input, output: Output, work: Work) {
    let n = input.n;
    let Work {
        stake,
        sum,
        counts,
        normal,
        kept,
    } = work;

    // What lies above the consensus is clipped; the rest ranks the neurons.
    sum.fill(0);
    for i in 0..n {
        for k in input.row(i) {
            if counts[k] == 1 {
                let uid = input.uid[k] as usize;
                kept[k] = normal[k].min(output.consensus[uid]);
                sum[uid] += stake[i] * kept[k] as u64;
            }
        }
    }
    steps::shares(sum, output.incentive);

    // Bonds are bought with what is kept, and with what the penalty leaves of the clipped part.
    sum.fill(0);
    for i in 0..n {
        for k in input.row(i) {
            if counts[k] == 1 {
                let whole = (ONE - input.bonds_penalty) * normal[k] as u64;
                kept[k] = ((whole + input.bonds_penalty * kept[k] as u64) / ONE) as u16;
                sum[input.uid[k] as usize] += stake[i] * kept[k] as u64;
            }
        }
    }
    for i in 0..n {
        let mut dividend = 0;
        for k in input.row(i) {
            output.bond[k] = 0;
            if counts[k] == 1 {
                let uid = input.uid[k] as usize;
                let bought = if sum[uid] == 0 {
                    0
                } else {
                    stake[i] * kept[k] as u64 * ONE / sum[uid]
                };
                let bond =
                    (input.alpha * bought + (ONE - input.alpha) * input.bond[k] as u64) / ONE;
                output.bond[k] = bond as u16;
                dividend += bond * output.incentive[uid] as u64;
            }
        }
        stake[i] = dividend;
    }
    steps::shares(stake, output.dividends);
}

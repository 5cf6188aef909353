/** Good: the mean of the weights, on the host's working memory. */
import * as abi from '../../templates/assembly/abi'
export { abi_version, alloc } from '../../templates/assembly/abi'

const ONE: u64 = 65535

export function run(input: usize, output: usize, scratch: usize): void {
  abi.open(input, output, scratch)
  const stake = abi.takeScratch(8 * abi.maxN)
  const rank = abi.takeScratch(8 * abi.maxN)
  const mark = abi.takeScratch(4 * abi.maxN)
  const total = activeStake(stake)

  for (let j: u32 = 0; j < abi.n; j++) {
    store<u64>(rank + 8 * j, 0)
    store<u32>(mark + 4 * j, 0)
  }
  for (let i: u32 = 0; i < abi.n; i++) addRow(i, load<u64>(stake + 8 * i), rank, mark)
  for (let j: u32 = 0; j < abi.n; j++) {
    abi.setConsensus(j, total == 0 ? 0 : (load<u64>(rank + 8 * j) / total) as u32)
  }
  const incentive = sharesOf(rank)
  for (let j: u32 = 0; j < abi.n; j++) abi.setIncentive(j, incentive == 0 ? 0 : share(rank, j, incentive))
  for (let i: u32 = 0; i < abi.n; i++) abi.setDividends(i, total == 0 ? 0 : share(stake, i, total))
}

/** Adds a row's weights, scaled so that they sum to one. Weights on nobody, on oneself, and repeated ones count as zero. */
function addRow(i: u32, stake: u64, rank: usize, mark: usize): void {
  let sum: u64 = 0
  for (let k = abi.rowStart(i); k < abi.rowEnd(i); k++) {
    const uid = abi.uid(k)
    if (uid >= abi.n || uid == i || load<u32>(mark + 4 * uid) == i + 1) continue
    store<u32>(mark + 4 * uid, i + 1)
    sum += abi.weight(k)
  }
  for (let k = abi.rowStart(i); k < abi.rowEnd(i); k++) {
    abi.setBond(k, 0)
    const uid = abi.uid(k)
    if (sum == 0 || uid >= abi.n || load<u32>(mark + 4 * uid) != i + 1) continue
    store<u32>(mark + 4 * uid, 0)
    const normal = (abi.weight(k) as u64) * ONE / sum
    abi.setBond(k, normal as u32)
    store<u64>(rank + 8 * uid, load<u64>(rank + 8 * uid) + stake * normal)
  }
}

/** Writes permits, and the stake of those that have one and are active, scaled to 32 bits. Returns the sum, below 2^48. */
function activeStake(to: usize): u64 {
  let threshold: u64 = 0
  for (let bit: u64 = 64; bit > 0; bit--) {
    const candidate = threshold | ((1 as u64) << (bit - 1))
    let reached: u32 = 0
    for (let i: u32 = 0; i < abi.n; i++) if (abi.stake(i) >= candidate) reached++
    if (reached > abi.maxValidators) threshold = candidate
  }
  for (let i: u32 = 0; i < abi.n; i++) {
    const permitted = abi.stake(i) > threshold
    abi.setPermit(i, permitted)
    store<u64>(to + 8 * i, permitted && abi.isActive(i) ? abi.stake(i) : 0)
  }
  return sharesOf(to)
}

/** Scales values to 32 bits, and returns their sum. */
function sharesOf(values: usize): u64 {
  let all: u64 = 0
  for (let i: u32 = 0; i < abi.n; i++) all |= load<u64>(values + 8 * i)
  const bits = 64 - clz(all)
  const shift: u64 = bits > 32 ? bits - 32 : 0
  let sum: u64 = 0
  for (let i: u32 = 0; i < abi.n; i++) {
    const scaled = (load<u64>(values + 8 * i) >> shift) & 0xffffffff
    store<u64>(values + 8 * i, scaled)
    sum += scaled
  }
  return sum
}

/** Parts of 65,535 of the sum, rounded down. */
function share(values: usize, i: u32, sum: u64): u32 {
  return (load<u64>(values + 8 * i) * ONE / sum) as u32
}

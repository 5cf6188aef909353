/** Faulty: a uid past n indexes an array of AssemblyScript, which checks and ends the run. */
import * as abi from '../../templates/assembly/abi'
export { abi_version, alloc } from '../../templates/assembly/abi'

const ONE: u64 = 65535

/** The arrays below come from AssemblyScript's own allocator, above the host's block. */
export function own_heap(): u32 {
  return 1
}

export function run(input: usize, output: usize, scratch: usize): void {
  abi.open(input, output, scratch)
  const n = abi.n as i32
  const stake = new StaticArray<u64>(n)
  const rank = new StaticArray<u64>(n)
  const given = new StaticArray<u32>(n)
  const threshold = permitThreshold()
  for (let i = 0; i < n; i++) {
    abi.setPermit(i, abi.stake(i) > threshold)
    if (abi.stake(i) > threshold && abi.isActive(i)) stake[i] = abi.stake(i)
  }
  const total = scale(stake)
  for (let i = 0; i < n; i++) addRow(i, stake[i], rank, given)
  for (let j = 0; j < n; j++) abi.setConsensus(j, total == 0 ? 0 : (rank[j] / total) as u32)
  const ranks = scale(rank)
  for (let j = 0; j < n; j++) {
    abi.setIncentive(j, ranks == 0 ? 0 : (rank[j] * ONE / ranks) as u32)
    abi.setDividends(j, total == 0 ? 0 : (stake[j] * ONE / total) as u32)
  }
}

/** Adds a row's weights, scaled so that they sum to one; the bonds are these weights. `given` is all zero before and after. */
function addRow(i: u32, stake: u64, rank: StaticArray<u64>, given: StaticArray<u32>): void {
  let sum: u64 = 0
  for (let k = abi.rowStart(i); k < abi.rowEnd(i); k++) {
    const uid = abi.uid(k)
    if (uid == i || given[uid] != 0) continue
    given[uid] = k + 1
    sum += abi.weight(k)
  }
  for (let k = abi.rowStart(i); k < abi.rowEnd(i); k++) {
    abi.setBond(k, 0)
    const uid = abi.uid(k)
    if (given[uid] != k + 1) continue
    given[uid] = 0
    if (sum == 0) continue
    const normal = (abi.weight(k) as u64) * ONE / sum
    abi.setBond(k, normal as u32)
    rank[uid] += stake * normal
  }
}

/** The stake that a neuron has to pass for a permit: the largest value that more than `maxValidators` neurons reach. */
function permitThreshold(): u64 {
  let threshold: u64 = 0
  for (let bit: u64 = 64; bit > 0; bit--) {
    const candidate = threshold | ((1 as u64) << (bit - 1))
    let reached: u32 = 0
    for (let i: u32 = 0; i < abi.n; i++) if (abi.stake(i) >= candidate) reached++
    if (reached > abi.maxValidators) threshold = candidate
  }
  return threshold
}

/** Scales values to 32 bits, and returns their sum. */
function scale(values: StaticArray<u64>): u64 {
  let all: u64 = 0
  for (let i = 0; i < values.length; i++) all |= values[i]
  const bits = 64 - clz(all)
  const shift: u64 = bits > 32 ? bits - 32 : 0
  let sum: u64 = 0
  for (let i = 0; i < values.length; i++) {
    values[i] = (values[i] >> shift) & 0xffffffff
    sum += values[i]
  }
  return sum
}

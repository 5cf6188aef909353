/**
 * ABI 1 of consensus functions (docs/consensus-abi.md): where the host puts inputs, and where outputs go.
 * Copy this file beside your function; nothing in it needs a change. Every access is checked: outside its array it ends the run.
 */

export function abi_version(): u32 {
  return 1
}

/** The block that belongs to the host. */
export function alloc(size: usize): usize {
  return heap.alloc(size)
}

export let n: u32 = 0
export let maxN: u32 = 0
export let cap: u32 = 0
/** Parts of 65,535. */
export let kappa: u64 = 0
/** Share of the new bond in the moving average, parts of 65,535. */
export let alpha: u64 = 0
export let maxValidators: u32 = 0
/** Parts of 65,535. */
export let bondsPenalty: u64 = 0

let cells: u32 = 0
let inStake: usize = 0
let inLen: usize = 0
let inActive: usize = 0
let inUid: usize = 0
let inWeight: usize = 0
let inBond: usize = 0
let outConsensus: usize = 0
let outIncentive: usize = 0
let outDividends: usize = 0
let outPermit: usize = 0
let outBond: usize = 0
let scratchNext: usize = 0
let scratchEnd: usize = 0

// @ts-ignore: decorator
@inline
function up8(x: usize): usize {
  return (x + 7) & ~7
}

/** Call it first, with what the host passes to `run`. */
export function open(input: usize, output: usize, scratch: usize): void {
  maxN = load<u32>(input, 4)
  cap = load<u32>(input, 8)
  n = load<u32>(input, 12)
  kappa = load<u32>(input, 20)
  alpha = load<u32>(input, 24)
  maxValidators = load<u32>(input, 28)
  bondsPenalty = load<u32>(input, 32)
  cells = maxN * cap
  inStake = input + 64
  inLen = inStake + 8 * maxN
  inActive = up8(inLen + 4 * maxN)
  inUid = up8(inActive + maxN)
  inWeight = up8(inUid + 2 * cells)
  inBond = up8(inWeight + 2 * cells)
  outConsensus = output
  outIncentive = up8(outConsensus + 2 * maxN)
  outDividends = up8(outIncentive + 2 * maxN)
  outPermit = up8(outDividends + 2 * maxN)
  outBond = up8(outPermit + maxN)
  scratchNext = scratch
  scratchEnd = scratch + load<u32>(input, 16)
}

// @ts-ignore: decorator
@inline
function neuron(i: u32): usize {
  if (i >= n) unreachable()
  return i
}

// @ts-ignore: decorator
@inline
function cell(k: u32): usize {
  if (k >= cells) unreachable()
  return k
}

/** The first cell of neuron `i`'s row; its last is `rowEnd(i) - 1`. */
export function rowStart(i: u32): u32 {
  return i * cap
}
export function rowEnd(i: u32): u32 {
  return i * cap + load<u32>(inLen + 4 * neuron(i))
}
export function stake(i: u32): u64 {
  return load<u64>(inStake + 8 * neuron(i))
}
export function isActive(i: u32): bool {
  return load<u8>(inActive + neuron(i)) != 0
}
/** May be anything, `n` and more included. */
export function uid(k: u32): u32 {
  return load<u16>(inUid + 2 * cell(k))
}
export function weight(k: u32): u32 {
  return load<u16>(inWeight + 2 * cell(k))
}
/** The bond of the row's neuron to `uid(k)`, parts of 65,535. */
export function bond(k: u32): u32 {
  return load<u16>(inBond + 2 * cell(k))
}

export function setConsensus(i: u32, value: u32): void {
  store<u16>(outConsensus + 2 * neuron(i), value as u16)
}
export function setIncentive(i: u32, value: u32): void {
  store<u16>(outIncentive + 2 * neuron(i), value as u16)
}
export function setDividends(i: u32, value: u32): void {
  store<u16>(outDividends + 2 * neuron(i), value as u16)
}
export function setPermit(i: u32, value: bool): void {
  store<u8>(outPermit + neuron(i), value ? 1 : 0)
}
export function setBond(k: u32, value: u32): void {
  store<u16>(outBond + 2 * cell(k), value as u16)
}

/** Working memory of `size` bytes; its contents are arbitrary before the first write. Ends the run when it does not fit. */
export function takeScratch(size: usize): usize {
  const from = scratchNext
  if (size > scratchEnd - from) unreachable()
  scratchNext = up8(from + size)
  return from
}

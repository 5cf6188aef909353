import { bytesToBinary } from '../base/bytes.ts'
import { decodeCompact } from '../codec/scale.ts'
import type { ChainState } from '../state/chainState.ts'
import type { CallCost, CallRequest, Executor, Outcome } from './executor.ts'

/** What a host call costs, in wasm instructions. */
export interface HostPrices {
  readonly read: number
  readonly write: number
  readonly nextKey: number
  readonly allocation: number
  /** For each byte read or written. */
  readonly byte: number
}

/**
 * Storage at the weights that FRAME charges for a RocksDB node (`RocksDbWeight`: 25 us a read, 100 us a write), at an instruction a
 * nanosecond; a next key is a read.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-stable2503/substrate/frame/support/src/weights/rocksdb_weights.rs
 */
export const DEFAULT_HOST_PRICES: HostPrices = {
  read: 25_000,
  write: 100_000,
  nextKey: 25_000,
  allocation: 50,
  byte: 1,
}

/** What a phase or an extrinsic took; exact, and the same on every machine. */
export interface Metered {
  /** Wasm instructions; host functions count as the one call that they are. */
  readonly instructions: number
  /** `instructions` and the host calls at their prices. */
  readonly fuel: number
  readonly heapPeakBytes: number
  readonly reads: number
  readonly readBytes: number
  readonly writes: number
  readonly writtenBytes: number
  readonly nextKeys: number
  /** Deposited by the call, if it succeeded. */
  readonly events: number
}

export interface MeteredCall {
  readonly outcome: Outcome
  readonly metered: Metered
}

/** Runs calls and says what each took. */
export interface Meter {
  readonly prices: HostPrices
  measure(request: CallRequest): Promise<MeteredCall>
}

/** twox128("System") and twox128("Events"). */
const EVENTS_KEY = bytesToBinary(
  Uint8Array.from(Buffer.from('26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7', 'hex')),
)

/**
 * A meter over an executor that can count instructions (V8). The call runs in a rewritten copy of the runtime: compare its counters,
 * not its time. An executor that does not count gives 0 instructions.
 */
export function createMeter(executor: Executor, prices: HostPrices = DEFAULT_HOST_PRICES): Meter {
  return {
    prices,
    async measure(request) {
      const options = { ...request.options, countInstructions: true }
      const outcome = await executor.call({ ...request, options })
      return { outcome, metered: toMetered(outcome, request.state, prices) }
    },
  }
}

/** From an outcome whose instructions were counted, over the state that the call began with. */
export function toMetered(
  outcome: Outcome,
  before: ChainState,
  prices: HostPrices = DEFAULT_HOST_PRICES,
): Metered {
  const { cost } = outcome
  const { reads, readBytes, writes, writtenBytes, nextKeys, heapPeakBytes, instructions = 0 } = cost
  const after = outcome.kind === 'ok' ? outcome.changes.get(EVENTS_KEY) : undefined
  const events = after === undefined ? 0 : Math.max(0, countOf(after) - countOf(before.get(EVENTS_KEY)))
  const fuel = instructions + hostFuel(cost, prices)
  return { instructions, fuel, heapPeakBytes, reads, readBytes, writes, writtenBytes, nextKeys, events }
}

/** The host calls of a cost at their prices, in wasm instructions. */
export function hostFuel(cost: Omit<CallCost, 'wallMs' | 'heapPeakBytes'>, prices: HostPrices): number {
  const { reads, writes, nextKeys, allocations, readBytes, writtenBytes } = cost
  return (
    reads * prices.read +
    writes * prices.write +
    nextKeys * prices.nextKey +
    allocations * prices.allocation +
    (readBytes + writtenBytes) * prices.byte
  )
}

/** Sums what phases took; the heap is the highest of them. */
export function addMetered(parts: readonly Metered[]): Metered {
  const sum = (pick: (part: Metered) => number) => parts.reduce((total, part) => total + pick(part), 0)
  return {
    instructions: sum((part) => part.instructions),
    fuel: sum((part) => part.fuel),
    heapPeakBytes: parts.reduce((most, part) => Math.max(most, part.heapPeakBytes), 0),
    reads: sum((part) => part.reads),
    readBytes: sum((part) => part.readBytes),
    writes: sum((part) => part.writes),
    writtenBytes: sum((part) => part.writtenBytes),
    nextKeys: sum((part) => part.nextKeys),
    events: sum((part) => part.events),
  }
}

/** Length of a SCALE list; 0 when there is none. */
function countOf(value: Uint8Array | null): number {
  return value === null ? 0 : (decodeCompact(value)?.value ?? 0)
}

import { plainKey } from '../../harness/chain/index.ts'
import { DEFAULT_HOST_PRICES, type HostPrices, hostFuel } from '../../harness/runtime/meter.ts'
import type { OverlayCounters } from '../../harness/state/overlay.ts'
import type { FastChain } from '../engine/fastChain.ts'
import type { Oracle, SeenCall, Suspicion } from './oracle.ts'

export interface CostLimits {
  /** Instructions of all calls of a block. */
  readonly blockFuel: number
  /** Highest address of the heap, above its base. */
  readonly heapBytes: number
  /** Measured over declared. */
  readonly weightFactor: number
  /** Modeled picoseconds below which nobody cares what was declared. */
  readonly leastPs: number
  readonly prices: HostPrices
}

/** An instruction a nanosecond: half of the two seconds that a block may take, and half of a node's 128 MiB. */
export const DEFAULT_COST_LIMITS: CostLimits = {
  blockFuel: 1_000_000_000,
  heapBytes: 64 * 1024 * 1024,
  weightFactor: 3,
  leastPs: 200_000_000_000,
  prices: DEFAULT_HOST_PRICES,
}

const BLOCK_WEIGHT = plainKey('System', 'BlockWeight')
const PS_PER_INSTRUCTION = 1_000

interface Before {
  readonly counters: OverlayCounters
  readonly weight: Uint8Array | null
}

/**
 * Blocks that take more instructions or heap than a node has time and room for, and calls that declare far less weight than their
 * instructions and storage accesses come to.
 */
export function createCostOracle(limits: CostLimits = DEFAULT_COST_LIMITS): Oracle {
  return {
    id: 'cost',
    beforeCall: ({ overlay }): Before => ({
      counters: { ...overlay.counters },
      weight: overlay.get(BLOCK_WEIGHT),
    }),
    // SAFETY: what beforeCall made.
    afterCall: (seen, before) => judgeCall(seen, before as Before, limits),
    afterOpen: ({ initializeFuel, heapPeakBytes }) =>
      initializeFuel > limits.blockFuel
        ? tooMuch('fuel', 'The beginning of a block', initializeFuel)
        : heapPeakBytes > limits.heapBytes
          ? tooMuch('heap', 'The beginning of a block', heapPeakBytes)
          : null,
    afterClose: ({ fuel, closed }) =>
      fuel > limits.blockFuel
        ? tooMuch('fuel', 'A block', fuel)
        : closed.run.heapPeakBytes > limits.heapBytes
          ? tooMuch('heap', 'The end of a block', closed.run.heapPeakBytes)
          : null,
  }
}

function judgeCall(
  { chain, overlay, step, applied }: SeenCall,
  { counters, weight }: Before,
  limits: CostLimits,
): Suspicion | null {
  if (applied.kind !== 'success' && applied.kind !== 'failed') return null
  const { run } = applied
  const where = `${step.pallet}.${step.call}`
  if (run.heapPeakBytes > limits.heapBytes) return tooMuch('heap', where, run.heapPeakBytes)
  const now = overlay.counters
  const spent = {
    reads: now.reads - counters.reads,
    readBytes: now.readBytes - counters.readBytes,
    writes: now.writes - counters.writes,
    writtenBytes: now.writtenBytes - counters.writtenBytes,
    nextKeys: now.nextKeys - counters.nextKeys,
    allocations: run.allocations,
  }
  const measuredPs = (run.fuel + hostFuel(spent, limits.prices)) * PS_PER_INSTRUCTION
  if (measuredPs < limits.leastPs) return null
  const declaredPs = declared(chain, overlay.get(BLOCK_WEIGHT)) - declared(chain, weight)
  if (measuredPs <= limits.weightFactor * declaredPs) return null
  return {
    oracle: 'cost',
    key: `weight ${where}`,
    severity: 'error',
    title: `${where} declares ${Math.round(declaredPs / 1e6)} us of weight and comes to ${Math.round(measuredPs / 1e6)} us`,
    facts: {
      where,
      declaredPs,
      measuredPs,
      instructions: run.fuel,
      reads: spent.reads,
      writes: spent.writes,
    },
    evidence: [],
  }
}

function declared({ runtime }: FastChain, bytes: Uint8Array | null): number {
  const weights = bytes === null ? null : runtime.codec.decodeBlockWeight(bytes)
  if (weights === null) return 0
  const { normal, operational, mandatory } = weights
  return Number(normal.refTime + operational.refTime + mandatory.refTime)
}

function tooMuch(what: 'fuel' | 'heap', where: string, amount: number): Suspicion {
  const text = what === 'fuel' ? `${amount} instructions` : `${amount} bytes of the heap`
  return {
    oracle: 'cost',
    key: `${what} ${where}`,
    severity: 'error',
    title: `${where} takes ${text}`,
    facts: { where, amount },
    evidence: [],
  }
}

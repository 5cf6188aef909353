import type { ChainHead } from '../block.ts'
import type { Answer, RuntimeCode } from '../runtimeQuery.ts'

/** Where in time a new block stands, and what its header and inherents say of it. */
export interface SlotClaim {
  /** Null for a chain without slots. */
  readonly slot: bigint | null
  /** Length of a slot; of a chain without slots, the usual distance of its blocks. */
  readonly slotDurationMs: bigint
  /** What the timestamp inherent sets, since the Unix epoch. */
  readonly timestampMs: bigint
  /** SCALE-encoded digest items. */
  readonly digest: readonly Uint8Array[]
  /** Identifier of the slot's own inherent data, for runtimes that still read it. */
  readonly inherentId: 'auraslot' | 'babeslot' | null
}

export interface SlotRequest {
  /** Wanted time; null for the next slot after the parent's. */
  readonly timestampMs: bigint | null
  /** The derived time is a multiple of this, such as the relay chain's slot for a parachain. */
  readonly alignMs: bigint
  /** Instead of what the runtime tells: nodes ask when they start and keep to it. Null to ask. */
  readonly slotDurationMs: bigint | null
}

/** A way to claim the right to write a block. It claims for whoever is due; it signs nothing. */
export interface Consensus {
  readonly name: string
  /** True when the runtime follows it. */
  isUsedBy(runtime: RuntimeCode): boolean
  claim(runtime: RuntimeCode, parent: ChainHead, request: SlotRequest): Promise<Answer<SlotClaim>>
}

import type { RuntimeCode } from '../runtimeQuery.ts'
import { aura } from './aura.ts'
import { babe } from './babe.ts'
import type { Consensus } from './consensus.ts'
import { manualSeal } from './manualSeal.ts'

export type { Consensus, SlotClaim, SlotRequest } from './consensus.ts'
export { DEFAULT_FIRST_TIME_MS } from './nextSlot.ts'

/** The first of these that the runtime has the entry points of. The last one fits all. */
export function chooseConsensus(runtime: RuntimeCode): Consensus {
  return [babe, aura].find((consensus) => consensus.isUsedBy(runtime)) ?? manualSeal
}

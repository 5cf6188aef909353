import type { Answer } from '../runtimeQuery.ts'
import { finalityTracker } from './finalityTracker.ts'
import type { InherentData } from './inherentData.ts'
import type { Authoring, InherentProvider } from './inherentProvider.ts'
import { parachainHeads } from './parachainHeads.ts'
import { parachainSystem } from './parachainSystem.ts'
import { paras } from './paras.ts'
import { slot } from './slot.ts'
import { timestamp } from './timestamp.ts'
import { uncles } from './uncles.ts'

export { encodeInherentData, type InherentData } from './inherentData.ts'
export type { Authoring, InherentProvider } from './inherentProvider.ts'
export { RELAY_SLOT_MS } from './relayState.ts'

/** All that is known, one file each. A new one joins here. */
export const INHERENT_PROVIDERS: readonly InherentProvider[] = [
  timestamp,
  slot,
  uncles,
  finalityTracker,
  parachainHeads,
  paras,
  parachainSystem,
]

/** What the needed providers say together. */
export async function createInherentData(
  authoring: Authoring,
  providers: readonly InherentProvider[] = INHERENT_PROVIDERS,
): Promise<Answer<InherentData>> {
  const data = new Map<string, Uint8Array>()
  for (const provider of providers) {
    if (!provider.isNeeded(authoring)) continue
    const part = await provider.create(authoring)
    if (part.kind === 'failed') return part
    for (const [id, value] of part.value) data.set(id, value)
  }
  return { kind: 'ok', value: data }
}

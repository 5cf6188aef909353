import type { ChainCodec } from '../../../harness/codec/index.ts'
import { metadataDiff } from '../../metadata/metadataDiff.ts'
import type { Difference } from '../difference.ts'

/**
 * What nodes, wallets or other chains hold outside of the runtime, or read once when they start: they go on with the old value.
 */
const HELD_OUTSIDE =
  /^(System\.SS58Prefix|Timestamp\.MinimumPeriod|Aura\.SlotDuration|Babe\.(EpochDuration|ExpectedBlockTime))$/

export interface ConstantSides {
  readonly older: ChainCodec
  readonly newer: ChainCodec
}

/** Constants with another value. What metadata lacks is asked of runtime APIs, and seen in what calls cost. */
export function constantDifferences({ older, newer }: ConstantSides): readonly Difference[] {
  const none = new Map<string, number>()
  const changes = metadataDiff({ codec: older, apiVersions: none }, { codec: newer, apiVersions: none })
  return changes
    .filter(({ area, kind }) => area === 'constant' && (kind === 'value' || kind === 'removed'))
    .map(({ name, before, after }) => {
      const isOutside = HELD_OUTSIDE.test(name)
      const says = after === '' ? `is gone; it was ${before}` : `is ${after} instead of ${before}`
      return {
        kind: isOutside ? 'outside' : 'changed',
        area: 'behavior',
        subject: name,
        title: `the constant ${name} ${says}${isOutside ? ', and nodes and wallets go on with the old value' : ''}`,
        facts: { before, after },
        evidence: [],
      }
    })
}

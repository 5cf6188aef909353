import { encodeUint } from '../../codec/scale.ts'
import type { InherentProvider } from './inherentProvider.ts'

/** The claimed time, for pallet-timestamp. */
export const timestamp: InherentProvider = {
  name: 'timestamp',
  isNeeded: () => true,
  create: async ({ claim }) => ({
    kind: 'ok',
    value: new Map([['timstap0', encodeUint(claim.timestampMs, 8)]]),
  }),
}

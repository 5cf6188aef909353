import { encodeUint } from '../../codec/scale.ts'
import type { InherentProvider } from './inherentProvider.ts'

/** The parent counts as final, for pallet-finality-tracker of until 2020, which takes a missing word for a stall. */
export const finalityTracker: InherentProvider = {
  name: 'finalityTracker',
  isNeeded: ({ runtime }) => runtime.codec.hasPallet('FinalityTracker'),
  create: async ({ parent }) => ({
    kind: 'ok',
    value: new Map([['finalnum', encodeUint(parent.number, 4)]]),
  }),
}

import { encodeUint } from '../../codec/scale.ts'
import type { InherentProvider } from './inherentProvider.ts'

/** The claimed slot. pallet-aura and pallet-babe read it until 2021; later runtimes take it from the digest. */
export const slot: InherentProvider = {
  name: 'slot',
  isNeeded: ({ claim }) => claim.inherentId !== null && claim.slot !== null,
  async create({ claim }) {
    const value = new Map<string, Uint8Array>()
    if (claim.inherentId !== null && claim.slot !== null)
      value.set(claim.inherentId, encodeUint(claim.slot, 8))
    return { kind: 'ok', value }
  },
}

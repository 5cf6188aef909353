import type { InherentProvider } from './inherentProvider.ts'

/** No uncles, for pallet-authorship from before 2023. */
export const uncles: InherentProvider = {
  name: 'uncles',
  isNeeded: ({ runtime }) => runtime.codec.hasPallet('Authorship'),
  create: async () => ({ kind: 'ok', value: new Map([['uncles00', new Uint8Array([0])]]) }),
}

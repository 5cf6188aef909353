import { concatBytes } from '../../base/bytes.ts'
import { encodeHeader } from '../header.ts'
import type { InherentProvider } from './inherentProvider.ts'

/**
 * A relay chain's own inherent with nothing of its parachains: no bitfields, no backed candidates, no disputes, and the
 * parent's header.
 */
export const paras: InherentProvider = {
  name: 'paras',
  isNeeded: ({ runtime }) => ['ParaInherent', 'ParasInherent'].some((name) => runtime.codec.hasPallet(name)),
  async create({ parent }) {
    const data = concatBytes(new Uint8Array([0, 0, 0]), encodeHeader(parent.header))
    return { kind: 'ok', value: new Map([['parachn0', data]]) }
  },
}

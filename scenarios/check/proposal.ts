import { decodeAddress } from '@polkadot/util-crypto'
import { hexToBytes } from '../../harness/base/bytes.ts'
import { DrydockError } from '../../harness/base/errors.ts'

const ACCOUNT_BYTES = 32

/** The call that governance is about to make, as the user gave it. */
export interface Proposal {
  /** SCALE bytes of the call, as the runtime on chain encodes it. */
  readonly call: Uint8Array
  /** 32-byte account that will sign it, or `root` for a call that governance dispatches with the origin Root. */
  readonly origin: Uint8Array | 'root'
}

/**
 * A proposal from text: the call as hex, with or without `0x` and space around it, and its origin, `root` or an account as
 * SS58 or 0x-hex of 32 bytes. Throws `PROPOSAL_CALL` and `PROPOSAL_ORIGIN`. Whether the call means anything is not asked here.
 */
export function parseProposal(text: string, origin: string): Proposal {
  return { call: callOf(text), origin: originOf(origin.trim()) }
}

function callOf(text: string): Uint8Array {
  const digits = text.trim().replace(/^0x/, '')
  if (/^([0-9a-fA-F]{2})+$/.test(digits)) return hexToBytes(`0x${digits}`)
  throw new DrydockError(`the proposal must be a call as hex, not ${JSON.stringify(brief(text.trim()))}`, {
    code: 'PROPOSAL_CALL',
    kind: 'usage',
    hints: ['It is what wallets show as the encoded call data: the call without a signature.'],
  })
}

function originOf(origin: string): Proposal['origin'] {
  if (origin === 'root') return origin
  const account = accountOf(origin)
  if (account !== null) return account
  throw new DrydockError(
    `the proposal's origin must be an account or root, not ${JSON.stringify(brief(origin))}`,
    {
      code: 'PROPOSAL_ORIGIN',
      kind: 'usage',
      hints: ['Give who signs it, as SS58 or 0x-hex of 32 bytes, or root.'],
    },
  )
}

/** Null for what is none; a checksum that does not fit counts, whatever the network. */
function accountOf(text: string): Uint8Array | null {
  if (text.startsWith('0x')) return /^0x[0-9a-fA-F]{64}$/.test(text) ? hexToBytes(text) : null
  try {
    const bytes = decodeAddress(text)
    return bytes.length === ACCOUNT_BYTES ? bytes : null
  } catch {
    return null
  }
}

function brief(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

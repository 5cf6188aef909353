import { getPublicKey, secretFromSeed, sign } from '@scure/sr25519'
import { concatBytes } from '../../base/bytes.ts'
import { encodeUint } from '../../codec/scale.ts'
import { encodeDigestItem } from '../digestItem.ts'
import { encodeHeader, type Header, hashHeader, zeroHash } from '../header.ts'

/** The one author of a made-up relay chain. */
export interface RelayAuthority {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** sr25519 signature, 64 bytes; the same for the same message. */
  sign(message: Uint8Array): Uint8Array
}

/** An author whose seed is known to all. */
export function createRelayAuthority(): RelayAuthority {
  const secret = secretFromSeed(new Uint8Array(32).fill(0xdd))
  const noRandomness = new Uint8Array(32)
  return { publicKey: getPublicKey(secret), sign: (message) => sign(secret, message, noRandomness) }
}

/** `Vec<(AuthorityId, weight)>`, as BABE keeps it in the relay chain's state. */
export function encodeRelayAuthorities(authority: RelayAuthority): Uint8Array {
  return concatBytes(new Uint8Array([4]), authority.publicKey, encodeUint(1, 8))
}

export interface RelayParent {
  readonly number: bigint
  readonly slot: bigint
  readonly stateRoot: Uint8Array
}

/**
 * The relay parent and `offset` blocks on top of it, as SCALE headers, really signed. A runtime that builds on an older
 * relay parent (`RelayParentOffset`) wants to see that the relay chain went on from there.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-stable2506/cumulus/pallets/parachain-system/src/descendant_validation.rs
 */
export function mockRelayDescendants(
  parent: RelayParent,
  offset: number,
  authority: RelayAuthority,
): Uint8Array[] {
  const headers: Uint8Array[] = []
  let parentHash = zeroHash()
  for (let i = 0; i <= offset; i++) {
    const header = sealed(
      {
        parentHash,
        number: Number(parent.number) + i,
        stateRoot: i === 0 ? parent.stateRoot : zeroHash(),
        extrinsicsRoot: zeroHash(),
        digest: [babeSlot(parent.slot + BigInt(i))],
      },
      authority,
    )
    headers.push(encodeHeader(header))
    parentHash = hashHeader(header)
  }
  return headers
}

function sealed(header: Header, authority: RelayAuthority): Header {
  const data = authority.sign(hashHeader(header))
  return { ...header, digest: [...header.digest, encodeDigestItem({ kind: 'seal', engine: 'BABE', data })] }
}

/** A plain secondary claim of authority 0. */
function babeSlot(slot: bigint): Uint8Array {
  const data = concatBytes(new Uint8Array([2]), encodeUint(0, 4), encodeUint(slot, 8))
  return encodeDigestItem({ kind: 'preRuntime', engine: 'BABE', data })
}

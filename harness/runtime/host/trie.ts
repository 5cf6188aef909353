import { bytesToBinary } from '../../base/bytes.ts'
import { decodeBytes } from '../../codec/scale.ts'
import type { StateVersion } from '../../state/chainState.ts'
import type { NodeHasher } from '../../state/trie/nodeHasher.ts'
import { type TrieClaim, verifyTrieProof } from '../../state/trie/trieProof.ts'
import { orderedTrieRoot, type TrieEntry, trieRoot } from '../../state/trie/trieRoot.ts'
import type { HostContext } from './hostContext.ts'
import { HostError } from './hostError.ts'
import { type HostFunction, hostFunction } from './hostFunction.ts'
import { readCount, readStateVersion } from './storage.ts'

const EMPTY = new Uint8Array(0)
/** A block has some thousand extrinsics; every item takes 0.3 kB here, and may have taken the runtime one byte. */
const MAX_ITEMS = 2 ** 20

type TrieHash = 'blake2' | 'keccak'

/** Roots of lists and maps, and proofs (sp-io `trie`). Version 2 says the state version; version 1 means 0. */
export const trieHostFunctions: readonly HostFunction[] = (['blake2', 'keccak'] as const).flatMap((hash) => [
  row(hash, 'root_version_1', 'ps -> ptr', (host, p, l) =>
    host.givePointer(mapRoot(host.view(p, l), host.services.trieHashers[hash], 0)),
  ),
  row(hash, 'root_version_2', 'ps i32 -> ptr', (host, p, l, version) =>
    host.givePointer(mapRoot(host.view(p, l), host.services.trieHashers[hash], readStateVersion(version))),
  ),
  row(hash, 'ordered_root_version_1', 'ps -> ptr', (host, p, l) =>
    host.givePointer(listRoot(host.view(p, l), host.services.trieHashers[hash], 0)),
  ),
  row(hash, 'ordered_root_version_2', 'ps i32 -> ptr', (host, p, l, version) =>
    host.givePointer(listRoot(host.view(p, l), host.services.trieHashers[hash], readStateVersion(version))),
  ),
  row(hash, 'verify_proof_version_1', 'ptr ps ps ps -> i32', (host, rp, pp, pl, kp, kl, vp, vl) =>
    verifyProof(host, hash, {
      root: host.bytes(rp, 32),
      proof: readList(host.view(pp, pl), 1),
      key: host.key(kp, kl),
      value: host.view(vp, vl),
      version: 0,
    }),
  ),
  row(
    hash,
    'verify_proof_version_2',
    'ptr ps ps ps i32 -> i32',
    (host, rp, pp, pl, kp, kl, vp, vl, version) =>
      verifyProof(host, hash, {
        root: host.bytes(rp, 32),
        proof: readList(host.view(pp, pl), 1),
        key: host.key(kp, kl),
        value: host.view(vp, vl),
        version: readStateVersion(version),
      }),
  ),
])

function row(hash: TrieHash, method: string, signature: string, run: HostFunction['run']): HostFunction {
  return hostFunction(`ext_trie_${hash}_256_${method}`, signature, run)
}

function verifyProof(host: HostContext, hash: TrieHash, claim: TrieClaim): number {
  return verifyTrieProof(claim, host.services.trieHashers[hash]) ? 1 : 0
}

function mapRoot(encoded: Uint8Array, hasher: NodeHasher, version: StateVersion): Uint8Array {
  const parts = readList(encoded, 2)
  const pairs: TrieEntry[] = []
  for (let i = 0; i < parts.length; i += 2)
    pairs.push([bytesToBinary(parts[i] ?? EMPTY), parts[i + 1] ?? EMPTY])
  return trieRoot(pairs, version, hasher)
}

function listRoot(encoded: Uint8Array, hasher: NodeHasher, version: StateVersion): Uint8Array {
  return orderedTrieRoot(readList(encoded, 1), version, hasher)
}

/** A `Vec` of `width` byte strings an item, flat. */
function readList(encoded: Uint8Array, width: number): Uint8Array[] {
  const count = readCount(encoded)
  const items = count.value * width
  if (items > encoded.length) throw malformed()
  if (items > MAX_ITEMS) throw new HostError('memory', `a trie host call of more than ${MAX_ITEMS} items`)
  const parts: Uint8Array[] = []
  let offset = count.end
  for (let i = 0; i < items; i++) {
    const part = decodeBytes(encoded, offset)
    if (part === null) throw malformed()
    parts.push(part.value)
    offset = part.end
  }
  return parts
}

function malformed(): HostError {
  return new HostError('trap', 'malformed list in a trie host call')
}

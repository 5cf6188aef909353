import { hexToBinary, hexToBytes } from '../../harness/base/bytes.ts'
import { CODE_KEY } from '../../harness/chain/plainKey.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { childPrefix } from '../../harness/state/stateView.ts'
import { createPackedStore } from '../../harness/state/store/packedStore.ts'
import type { Store, StoreEntry } from '../../harness/state/store/store.ts'
import { asObject, asText, field, readJson } from './realChain.ts'

/** A block that a node produced, with the state before it, as smoldot keeps them. */
export interface RecordedBlock {
  /** SCALE. */
  readonly header: Uint8Array
  /** Each with its length prefix. */
  readonly extrinsics: readonly Uint8Array[]
  readonly blob: RuntimeBlob
  readonly store: Store
}

export async function readRecordedBlock(path: string): Promise<RecordedBlock> {
  const json = await readJson(path)
  const body = Object.values(asObject(field(json, 'block', 'body')))
  const children = Object.entries(asObject(field(json, 'parentStorage', 'childTries')))
  const store = createPackedStore([
    ...entries(field(json, 'parentStorage', 'mainTrie'), ''),
    ...children.flatMap(([child, content]) => entries(content, childPrefix(hexToBinary(child)))),
  ])
  return {
    header: hexToBytes(asText(field(json, 'block', 'header'))),
    extrinsics: body.map((extrinsic) => hexToBytes(asText(extrinsic))),
    blob: parseRuntimeBlob(store.get(CODE_KEY)?.slice() ?? new Uint8Array()),
    store,
  }
}

function entries(trie: unknown, prefix: string): StoreEntry[] {
  return Object.entries(asObject(trie)).map(([key, value]) => [
    prefix + hexToBinary(key),
    hexToBytes(asText(value)),
  ])
}

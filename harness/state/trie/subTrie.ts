import { bytesToBinary, hexToBytes, isEqualBytes } from '../../base/bytes.ts'
import type { StorageKey } from '../stateView.ts'
import type { Store } from '../store/store.ts'
import type { NodeWriter } from './nodeWriter.ts'
import type { StateNodes } from './stateNodes.ts'
import { TrieBuilder } from './trieBuilder.ts'
import type { Leaf, Link, StateVersion } from './trieNode.ts'
import { type SortedChanges, type TrieBase, TrieUpdate } from './trieUpdate.ts'

/** Root of a trie without keys: BLAKE2b-256 of 0x00. */
export const EMPTY_TRIE_ROOT: Uint8Array = hexToBytes(
  '0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314',
)

/** One trie of a state, the main one or a child. Immutable; successors share what did not change. */
export class SubTrie {
  readonly rootHash: Uint8Array
  readonly isEmpty: boolean
  readonly #writer: NodeWriter
  readonly #base: TrieBase
  readonly #root: Link

  private constructor(writer: NodeWriter, base: TrieBase, root: Link, rootHash: Uint8Array | null) {
    this.#writer = writer
    this.#base = base
    this.#root = root
    this.isEmpty = rootHash === null
    this.rootHash = rootHash ?? EMPTY_TRIE_ROOT
  }

  /**
   * Builds from all entries of the base in order. `extra` are further leaves, in order, that the base lacks; a key that both
   * have is as the base has it.
   */
  static build(writer: NodeWriter, base: TrieBase, extra: readonly Leaf[]): SubTrie {
    const frame = writer.reset()
    const builder = new TrieBuilder(writer)
    let next = 0
    let pending = extra[next]
    for (const [key, value] of base.range('', PAST_KEYS)) {
      while (pending !== undefined && pending.key <= key) {
        if (pending.key !== key) builder.addLeaf(pending)
        pending = extra[++next]
      }
      builder.add(key, value, base.version)
    }
    for (; pending !== undefined; pending = extra[++next]) builder.addLeaf(pending)
    builder.finish()
    return new SubTrie(writer, base, frame.links[0] ?? null, writer.rootHash())
  }

  /** A trie without keys over a base without keys. */
  static empty(writer: NodeWriter, base: TrieBase): SubTrie {
    return new SubTrie(writer, base, null, null)
  }

  /** A trie of which `base` has the nodes. */
  static ofNodes(writer: NodeWriter, base: TrieBase, rootHash: Uint8Array): SubTrie {
    return new SubTrie(writer, base, null, isEqualBytes(rootHash, EMPTY_TRIE_ROOT) ? null : rootHash)
  }

  apply(changes: SortedChanges, version: StateVersion): SubTrie {
    const to = changes.keys.length
    if (to === 0) return this
    const frame = this.#writer.reset()
    const update = new TrieUpdate(this.#writer, this.#base, changes, version)
    if (this.isEmpty) update.insert({ from: 0, to })
    else if (!update.apply(this.#storedRoot(), 0, { from: 0, to })) return this
    return new SubTrie(this.#writer, this.#base, frame.links[0] ?? null, this.#writer.rootHash())
  }

  #storedRoot(): Link {
    return this.#root ?? this.#base.link?.(bytesToBinary(this.rootHash), '', 0) ?? null
  }
}

const PAST_KEYS = '\u0100'

/** A trie that is kept as nodes. */
export function createNodeBase(nodes: StateNodes, childKey: StorageKey | null): TrieBase {
  return {
    version: 0,
    range: () => [],
    link: (merkleValue, path, depth) => nodes.link({ childKey, merkleValue, path, depth }),
  }
}

/** The part of `store` under `prefix`, with the prefix taken off. */
export function createTrieBase(store: Store, prefix: StorageKey, version: StateVersion): TrieBase {
  if (prefix === '') return { version, range: (start, end) => store.range(start, end) }
  return {
    version,
    *range(start, end) {
      for (const [key, value] of store.range(prefix + start, prefix + end))
        yield [key.slice(prefix.length), value]
    },
  }
}

import type { StorageKey } from '../stateView.ts'
import { commonNibbles } from './nibbles.ts'
import type { NodeWriter } from './nodeWriter.ts'
import { type Leaf, MAX_INLINE_VALUE, type StateVersion } from './trieNode.ts'

/** A leaf as it is stored under `version`. */
export function createLeaf(
  writer: NodeWriter,
  key: StorageKey,
  value: Uint8Array,
  version: StateVersion,
): Leaf {
  const isHashed = version === 1 && value.length > MAX_INLINE_VALUE
  return { kind: 'leaf', key, value: isHashed ? writer.hashValue(value) : value, isHashed }
}

/**
 * Builds a subtree out of its keys in ascending order, in one pass, as a child of the writer's top frame. Nothing but the
 * open branches and one leaf is held: where a leaf belongs is known when the next key is.
 */
export class TrieBuilder {
  readonly #writer: NodeWriter
  readonly #baseDepth: number
  #hasLeaf = false
  #key: StorageKey = ''
  #value: Uint8Array
  #isHashed = false
  #link: Leaf | null = null

  constructor(writer: NodeWriter) {
    this.#writer = writer
    this.#baseDepth = writer.top().depth
    this.#value = NO_VALUE
  }

  /** Takes a key that does not have to be kept. */
  add(key: StorageKey, value: Uint8Array, version: StateVersion): void {
    const isHashed = version === 1 && value.length > MAX_INLINE_VALUE
    this.#next(key, isHashed ? this.#writer.hashValue(value) : value, isHashed, null)
  }

  /** Takes a leaf that is to be kept, with all branches above it. */
  addLeaf(leaf: Leaf): void {
    this.#next(leaf.key, leaf.value, leaf.isHashed, leaf)
  }

  /** Closes all branches. Without any key the parent gets no child. */
  finish(): void {
    if (this.#hasLeaf) this.#place(this.#baseDepth)
  }

  #next(key: StorageKey, value: Uint8Array, isHashed: boolean, link: Leaf | null): void {
    if (this.#hasLeaf) this.#place(commonNibbles(this.#key, key))
    this.#hasLeaf = true
    this.#key = key
    this.#value = value
    this.#isHashed = isHashed
    this.#link = link
  }

  /** Places the held leaf, and closes what is complete: the next key shares `shared` nibbles with it. */
  #place(shared: number): void {
    const writer = this.#writer
    const top = writer.top()
    if (shared === 2 * this.#key.length) {
      const branch = writer.open(this.#key, shared)
      branch.value = this.#value
      branch.isHashed = this.#isHashed
      branch.hasLinks = this.#link !== null
      branch.keyCount = 1
      return
    }
    if (top.depth < shared) writer.open(this.#key, shared)
    writer.appendLeaf(this.#key, this.#value, this.#isHashed, this.#link)
    while (writer.top().depth > shared) {
      if (writer.belowTop().depth < shared) writer.openBelowTop(this.#key, shared)
      writer.close(false)
    }
  }
}

const NO_VALUE = new Uint8Array(0)

import type { StorageKey } from '../stateView.ts'
import { childPath, commonNibbles, nibbleAt, nibbleRange } from './nibbles.ts'
import type { Frame, NodeWriter } from './nodeWriter.ts'
import { createLeaf, TrieBuilder } from './trieBuilder.ts'
import type { Branch, Leaf, Link, StateVersion } from './trieNode.ts'

/** The store's part of one trie, with keys as the trie has them. */
export interface TrieBase {
  /** Encoding of what the store has. */
  readonly version: StateVersion
  /** Entries with `start <= key < end` in order. */
  range(start: StorageKey, end: StorageKey): Iterable<readonly [StorageKey, Uint8Array]>
  /**
   * Of a trie that is stored as nodes: what stands behind a Merkle value (binary), after the first `depth` nibbles of `path`.
   * `range` is not asked then, and nodes that changes do not reach are not read.
   */
  link?(merkleValue: string, path: StorageKey, depth: number): Branch | Leaf
}

/** Changes of one trie; `keys` ascend, a null value deletes. */
export interface SortedChanges {
  readonly keys: readonly StorageKey[]
  readonly values: readonly (Uint8Array | null)[]
}

/** A slice of the changes: those under one path. */
interface Span {
  readonly from: number
  readonly to: number
}

/**
 * One batch of changes to one trie. Each method appends the changed subtree to the writer's top frame, or nothing when no key
 * is left of it; only nodes on the paths to changes are encoded and hashed.
 */
export class TrieUpdate {
  readonly #writer: NodeWriter
  readonly #base: TrieBase
  readonly #version: StateVersion
  readonly #keys: readonly StorageKey[]
  readonly #values: readonly (Uint8Array | null)[]

  constructor(writer: NodeWriter, base: TrieBase, changes: SortedChanges, version: StateVersion) {
    this.#writer = writer
    this.#base = base
    this.#version = version
    this.#keys = changes.keys
    this.#values = changes.values
  }

  /** Applies changes to what `link` stands for. False, and nothing is appended, when that is not in memory and stays as it is. */
  apply(link: Link, depth: number, span: Span): boolean {
    if (link === null) return this.#applyToStored(depth, span)
    if (link.kind === 'leaf') this.#appendMerged([link], span)
    else this.#applyToBranch(link, span)
    return true
  }

  /** Changes where there is no subtree yet. */
  insert(span: Span): void {
    this.#appendMerged([], span)
  }

  #applyToBranch(branch: Branch, span: Span): void {
    const writer = this.#writer
    const depth = this.#sharedDepth(branch, span)
    const frame = writer.open(branch.key, depth)
    let from = span.from
    if (depth === branch.depth) {
      frame.value = branch.value
      frame.isHashed = branch.isHashed
    }
    if (2 * this.#key(from).length === depth) this.#setBranchValue(frame, from++)
    if (depth === branch.depth) this.#updateChildren(branch, { from, to: span.to })
    else this.#addSiblings(branch, depth, { from, to: span.to })
    this.#closeOrCollapse(frame)
  }

  /** How far all changes go along the path to the branch. */
  #sharedDepth(branch: Branch, span: Span): number {
    const first = commonNibbles(branch.key, this.#key(span.from))
    const last = commonNibbles(branch.key, this.#key(span.to - 1))
    return Math.min(first, last, branch.depth)
  }

  #setBranchValue(frame: Frame, index: number): void {
    const value = this.#values[index] ?? null
    if (value === null) {
      frame.value = null
      frame.isHashed = false
      return
    }
    const leaf = createLeaf(this.#writer, this.#key(index), value, this.#version)
    frame.value = leaf.value
    frame.isHashed = leaf.isHashed
  }

  /** The branch stays where it is: its children one by one, with runs of those without changes as they are. */
  #updateChildren(branch: Branch, span: Span): void {
    const { children, links, bitmap, depth } = branch
    const writer = this.#writer
    let runStart = 0
    let end = 0
    let index = 0
    let from = span.from
    for (let nibble = 0; nibble < 16; nibble++) {
      const to = this.#endOfNibble(from, span.to, depth, nibble)
      const start = end
      const exists = ((bitmap >> nibble) & 1) === 1
      if (exists) end += 1 + (children.charCodeAt(end) >> 2)
      const link = exists ? (links[index++] ?? null) : null
      if (from < to) {
        writer.appendEncoded(children, runStart, start)
        runStart = start
        if (!exists) this.insert({ from, to })
        else if (this.apply(link ?? this.#stored(branch, nibble, { start, end }), depth + 1, { from, to }))
          runStart = end
        else writer.linkEncoded(nibble, link)
        from = to
      } else if (exists) {
        writer.linkEncoded(nibble, link)
      }
    }
    writer.appendEncoded(children, runStart, end)
  }

  /** The child of `branch` whose Merkle value stands at `place`, when the trie is stored as nodes. */
  #stored(branch: Branch, nibble: number, place: { readonly start: number; readonly end: number }): Link {
    if (this.#base.link === undefined) return null
    const { children, depth, key } = branch
    return this.#base.link(
      children.slice(place.start + 1, place.end),
      childPath(key, depth, nibble),
      depth + 1,
    )
  }

  /** Changes part from the path to the branch at `depth`: the branch becomes one child of a new one. */
  #addSiblings(branch: Branch, depth: number, span: Span): void {
    const nibbleOfBranch = nibbleAt(branch.key, depth)
    let from = span.from
    for (let nibble = 0; nibble < 16; nibble++) {
      const to = this.#endOfNibble(from, span.to, depth, nibble)
      if (nibble === nibbleOfBranch) {
        if (from < to) this.#applyToBranch(branch, { from, to })
        else this.#writer.appendBranch(branch)
      } else if (from < to) {
        this.insert({ from, to })
      }
      from = to
    }
  }

  #endOfNibble(from: number, to: number, depth: number, nibble: number): number {
    let end = from
    while (end < to && nibbleAt(this.#key(end), depth) === nibble) end++
    return end
  }

  /** A branch needs two of: children, value. With fewer, what is left takes its place. */
  #closeOrCollapse(frame: Frame): void {
    const writer = this.#writer
    const { bitmap, depth, value, isHashed } = frame
    if (bitmap === 0) {
      writer.discard()
      if (value === null) return
      this.#appendLeaf({ kind: 'leaf', key: frame.key.slice(0, depth >> 1), value, isHashed })
    } else if (value === null && (bitmap & (bitmap - 1)) === 0) {
      const path = childPath(frame.key, depth, 31 - Math.clz32(bitmap))
      const link = frame.links[0] ?? this.#base.link?.(writer.onlyChild(), path, depth + 1) ?? null
      writer.discard()
      if (link === null) this.#appendStored(path, depth + 1)
      else if (link.kind === 'leaf') this.#appendLeaf(link)
      else writer.appendBranch(link)
    } else {
      writer.close(true)
    }
  }

  #appendLeaf(leaf: Leaf): void {
    this.#writer.appendLeaf(leaf.key, leaf.value, leaf.isHashed, leaf)
  }

  /** Appends a stored subtree under a longer partial key. The store may have other keys there now, so its nodes are kept. */
  #appendStored(path: StorageKey, depth: number): void {
    const builder = new TrieBuilder(this.#writer)
    const { start, end } = nibbleRange(path, depth)
    for (const [key, value] of this.#base.range(start, end)) {
      builder.addLeaf(createLeaf(this.#writer, key, value, this.#base.version))
    }
    builder.finish()
  }

  /** Changes to a subtree that only the store has. Once a key of it is gone its nodes are kept, since the store still has it. */
  #applyToStored(depth: number, span: Span): boolean {
    const { start, end } = nibbleRange(this.#key(span.from), depth)
    const { version } = this.#base
    const stored = [...this.#base.range(start, end)]
    if (this.#deletesAny(stored, span)) {
      const leaves = stored.map(([key, value]) => createLeaf(this.#writer, key, value, version))
      this.#appendMerged(leaves, span)
      return true
    }
    for (let i = span.from; i < span.to; i++) {
      if (this.#values[i] === null) continue
      this.#appendMerged(stored, span)
      return true
    }
    return false
  }

  #deletesAny(stored: readonly (readonly [StorageKey, Uint8Array])[], span: Span): boolean {
    let index = span.from
    for (const [key] of stored) {
      while (index < span.to && this.#key(index) < key) index++
      if (index === span.to) return false
      if (this.#values[index] === null && this.#key(index) === key) return true
    }
    return false
  }

  /** Builds anew out of existing entries, which are kept when they are leaves, and the changes to them. */
  #appendMerged(existing: readonly (Leaf | readonly [StorageKey, Uint8Array])[], span: Span): void {
    const builder = new TrieBuilder(this.#writer)
    let next = span.from
    for (const entry of existing) {
      const key = 'kind' in entry ? entry.key : entry[0]
      while (next < span.to && this.#key(next) < key) this.#addChange(builder, next++)
      if (next < span.to && this.#key(next) === key) this.#addChange(builder, next++)
      else if ('kind' in entry) builder.addLeaf(entry)
      else builder.add(entry[0], entry[1], this.#base.version)
    }
    while (next < span.to) this.#addChange(builder, next++)
    builder.finish()
  }

  #addChange(builder: TrieBuilder, index: number): void {
    const value = this.#values[index] ?? null
    if (value !== null) builder.addLeaf(createLeaf(this.#writer, this.#key(index), value, this.#version))
  }

  #key(index: number): StorageKey {
    return this.#keys[index] ?? ''
  }
}

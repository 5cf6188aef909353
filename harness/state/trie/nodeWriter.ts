import type { StorageKey } from '../stateView.ts'
import { nibbleAt } from './nibbles.ts'
import { branchHeader, LEAF, LEAF_HASHED, writeCompact, writePath } from './nodeEncoding.ts'
import type { NodeHasher } from './nodeHasher.ts'
import type { Branch, Leaf, Link } from './trieNode.ts'

const HASH_BYTES = 32
/** Length byte of a Merkle value that is a hash: SCALE compact 32. */
const HASH_PREFIX = HASH_BYTES << 2
/** Room for the children of a frame: 16 times a length byte and at most 32 bytes. */
const FRAME_BYTES = 16 * (1 + HASH_BYTES)
const FIRST_FRAMES = 64
/** More than the header, bitmap and length of any node take beyond its key, value and children. */
const NODE_OVERHEAD = 64

/** Subtrees of at most this many keys are not kept as nodes: they are read and hashed again when touched. */
const SMALL_SUBTREE_KEYS = 16

const NO_LINKS: readonly Link[] = []

/** An open branch: its children are appended in the order of their nibbles. Reused, so it is valid until it is closed. */
export interface Frame {
  /** A key with the path of the branch in its first `depth` nibbles. */
  key: StorageKey
  /** -1 for the lowest frame, which takes the root node as its only child. */
  depth: number
  /** The value, or its hash when `isHashed`. */
  value: Uint8Array | null
  isHashed: boolean
  bitmap: number
  /** Where the children's Merkle values start and end in memory. */
  readonly start: number
  end: number
  /** One for each child. */
  readonly links: Link[]
  hasLinks: boolean
  keyCount: number
}

/**
 * Encodes and hashes nodes in the hasher's memory, and holds the stack of open branches. For one trie at a time: `reset`
 * starts the next one.
 */
export class NodeWriter {
  readonly #hasher: NodeHasher
  readonly #frames: Frame[] = []
  #openFrames = 0
  #memory: Uint8Array = new Uint8Array(0)
  /** The same memory, for binary strings. */
  #buffer: Buffer = Buffer.alloc(0)
  /** Where nodes are encoded, past the room of all frames. */
  #scratch = FIRST_FRAMES * FRAME_BYTES

  constructor(hasher: NodeHasher) {
    this.#hasher = hasher
    this.#reserveScratch(0)
  }

  /** Drops all frames and opens the one that takes the root node. Others may have used the hasher since the last trie. */
  reset(): Frame {
    this.#openFrames = 0
    this.#reserveScratch(0)
    return this.open('', -1)
  }

  open(key: StorageKey, depth: number): Frame {
    const frame = this.#frames[this.#openFrames] ?? this.#addFrame()
    this.#openFrames++
    frame.key = key
    frame.depth = depth
    frame.value = null
    frame.isHashed = false
    frame.bitmap = 0
    frame.end = frame.start
    frame.links.length = 0
    frame.hasLinks = false
    frame.keyCount = 0
    return frame
  }

  /** Opens a frame between the top one and the one below. */
  openBelowTop(key: StorageKey, depth: number): void {
    const top = this.top()
    const opened = this.open(key, depth)
    this.#frames[this.#openFrames - 1] = top
    this.#frames[this.#openFrames - 2] = opened
  }

  /** The frame opened last. */
  top(): Frame {
    return this.#frameAt(this.#openFrames - 1)
  }

  belowTop(): Frame {
    return this.#frameAt(this.#openFrames - 2)
  }

  /** Drops the top frame. */
  discard(): void {
    this.#openFrames--
  }

  /** The Merkle value of the top frame's only child, as binary. */
  onlyChild(): string {
    const { start, end } = this.top()
    return this.#buffer.toString('latin1', start + 1, end)
  }

  /** Turns the top frame into a child of the one below. Its node is kept when it covers many keys or has kept children. */
  close(isKept: boolean): void {
    const frame = this.top()
    this.#openFrames--
    const parent = this.top()
    const length = frame.end - frame.start
    const at = this.#writeBranchStart(parent, frame, length)
    this.#memory.copyWithin(at, frame.start, frame.end)
    const keepsNode = isKept || frame.hasLinks || frame.keyCount > SMALL_SUBTREE_KEYS
    this.#appendNode(parent, frame.key, at + length)
    this.#link(parent, keepsNode ? this.#toBranch(frame) : null, frame.keyCount)
  }

  /** Appends a branch to the top frame; where its partial key starts depends on that frame. */
  appendBranch(branch: Branch): void {
    const parent = this.top()
    const at = this.#writeBranchStart(parent, branch, branch.children.length)
    this.#buffer.write(branch.children, at, 'latin1')
    this.#appendNode(parent, branch.key, at + branch.children.length)
    this.#link(parent, branch, 0)
  }

  /** Appends a leaf to the top frame. `value` is the hash when `isHashed`; `link` is what is kept of the leaf. */
  appendLeaf(key: StorageKey, value: Uint8Array, isHashed: boolean, link: Leaf | null): void {
    const parent = this.top()
    this.#reserveScratch(2 * key.length + value.length)
    const path = { key, from: parent.depth + 1, to: 2 * key.length }
    const at = writePath(this.#memory, this.#scratch, isHashed ? LEAF_HASHED : LEAF, path)
    this.#appendNode(parent, key, this.#writeValue(at, value, isHashed))
    this.#link(parent, link, 1)
  }

  /** Appends children that are encoded already to the top frame; `linkEncoded` has to be told of each. */
  appendEncoded(children: string, start: number, end: number): void {
    if (start === end) return
    const parent = this.top()
    this.#buffer.write(children.slice(start, end), parent.end, 'latin1')
    parent.end += end - start
  }

  /** Enters a child whose encoding is appended with others of a run. */
  linkEncoded(nibble: number, link: Link): void {
    const parent = this.top()
    parent.bitmap |= 1 << nibble
    this.#link(parent, link, 0)
  }

  /** Hash of the root node that the lowest frame has taken; null when it has none. */
  rootHash(): Uint8Array | null {
    const { start, end } = this.#frameAt(0)
    if (start === end) return null
    if (this.#memory[start] !== HASH_PREFIX) this.#hasher.hash(start + 1, end - start - 1, start + 1)
    return this.#memory.slice(start + 1, start + 1 + HASH_BYTES)
  }

  hashValue(value: Uint8Array): Uint8Array {
    this.#reserveScratch(value.length)
    this.#memory.set(value, this.#scratch)
    this.#hasher.hash(this.#scratch, value.length, this.#scratch)
    return this.#memory.slice(this.#scratch, this.#scratch + HASH_BYTES)
  }

  /** Header, partial key, bitmap and value, with room for `childrenLength` more. Returns where the children go. */
  #writeBranchStart(parent: Frame, branch: Frame | Branch, childrenLength: number): number {
    const { key, value, isHashed, bitmap } = branch
    this.#reserveScratch(key.length * 2 + (value?.length ?? 0) + childrenLength)
    const path = { key, from: parent.depth + 1, to: branch.depth }
    let at = writePath(this.#memory, this.#scratch, branchHeader(value, isHashed), path)
    this.#memory[at++] = bitmap & 0xff
    this.#memory[at++] = bitmap >> 8
    return value === null ? at : this.#writeValue(at, value, isHashed)
  }

  #writeValue(start: number, value: Uint8Array, isHashed: boolean): number {
    const at = isHashed ? start : writeCompact(this.#memory, start, value.length)
    this.#memory.set(value, at)
    return at + value.length
  }

  /** Appends the Merkle value of the node in scratch, which ends at `end`, to the children of `parent`. */
  #appendNode(parent: Frame, key: StorageKey, end: number): void {
    const length = end - this.#scratch
    const memory = this.#memory
    if (length < HASH_BYTES) {
      memory[parent.end] = length << 2
      memory.copyWithin(parent.end + 1, this.#scratch, end)
      parent.end += 1 + length
    } else {
      memory[parent.end] = HASH_PREFIX
      this.#hasher.hash(this.#scratch, length, parent.end + 1)
      parent.end += 1 + HASH_BYTES
    }
    if (parent.depth >= 0) parent.bitmap |= 1 << nibbleAt(key, parent.depth)
  }

  #link(parent: Frame, link: Link, keyCount: number): void {
    parent.links.push(link)
    if (link !== null) parent.hasLinks = true
    parent.keyCount += keyCount
  }

  #toBranch(frame: Frame): Branch {
    return {
      kind: 'branch',
      key: frame.key,
      depth: frame.depth,
      value: frame.value,
      isHashed: frame.isHashed,
      bitmap: frame.bitmap,
      children: this.#buffer.toString('latin1', frame.start, frame.end),
      links: frame.hasLinks ? frame.links.slice() : NO_LINKS,
    }
  }

  #reserveScratch(sizeBytes: number): void {
    const needed = this.#scratch + sizeBytes + NODE_OVERHEAD
    // A view that is dead because the memory has grown has no length.
    if (needed <= this.#memory.length) return
    this.#memory = this.#hasher.reserve(needed)
    this.#buffer = Buffer.from(this.#memory.buffer, this.#memory.byteOffset, this.#memory.byteLength)
  }

  #addFrame(): Frame {
    const start = this.#frames.length * FRAME_BYTES
    if (start + FRAME_BYTES > this.#scratch) {
      this.#scratch *= 2
      this.#reserveScratch(0)
    }
    const frame: Frame = {
      key: '',
      depth: -1,
      value: null,
      isHashed: false,
      bitmap: 0,
      start,
      end: start,
      links: [],
      hasLinks: false,
      keyCount: 0,
    }
    this.#frames.push(frame)
    return frame
  }

  #frameAt(index: number): Frame {
    const frame = this.#frames[index]
    if (frame === undefined) throw new RangeError('no frame is open: call reset first')
    return frame
  }
}

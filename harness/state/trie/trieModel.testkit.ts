/** A slow trie for tests, written straight from the specification: every node is built anew, recursively, out of hex nibbles. */
import { blake2b } from '@noble/hashes/blake2.js'
import { bytesToHex, concatBytes } from '../../base/bytes.ts'
import { encodeBytes } from '../../codec/scale.ts'
import { CHILD_MARK, CHILD_ROOT_PREFIX, type Changes, type StorageKey } from '../stateView.ts'
import type { Store } from '../store/store.ts'
import type { StateVersion } from './trieNode.ts'

/** A value and the version under which it was written. */
export interface ModelValue {
  readonly value: Uint8Array
  readonly version: StateVersion
}

type Hash = (bytes: Uint8Array) => Uint8Array
type Entry = readonly [nibbles: string, value: ModelValue]

const blake2_256: Hash = (bytes) => blake2b(bytes, { dkLen: 32 })

/** Root of the trie with these keys. */
export function modelRoot(entries: ReadonlyMap<StorageKey, ModelValue>, hash: Hash = blake2_256): Uint8Array {
  const nibbles = [...entries].map(
    ([key, value]): Entry => [Buffer.from(key, 'latin1').toString('hex'), value],
  )
  return hash(nibbles.length === 0 ? new Uint8Array([0]) : encode(nibbles, hash))
}

function encode(entries: readonly Entry[], hash: Hash): Uint8Array {
  const shared = sharedPrefix(entries.map(([nibbles]) => nibbles))
  const below = entries.map(([nibbles, value]): Entry => [nibbles.slice(shared.length), value])
  const own = below.find(([nibbles]) => nibbles === '')?.[1]
  const isHashed = own !== undefined && own.version === 1 && own.value.length > 32
  const valuePart = own === undefined ? [] : [isHashed ? hash(own.value) : encodeBytes(own.value)]
  if (below.length === 1 && own !== undefined) {
    return concatBytes(header(isHashed ? '001' : '01', shared), ...valuePart)
  }
  let bitmap = 0
  const children: Uint8Array[] = []
  for (let nibble = 0; nibble < 16; nibble++) {
    const group = below.filter(([nibbles]) => nibbles.startsWith(nibble.toString(16)))
    if (group.length === 0) continue
    bitmap |= 1 << nibble
    const child = encode(
      group.map(([nibbles, value]): Entry => [nibbles.slice(1), value]),
      hash,
    )
    children.push(encodeBytes(child.length < 32 ? child : hash(child)))
  }
  const variant = own === undefined ? '10' : isHashed ? '0001' : '11'
  const bitmapPart = new Uint8Array([bitmap & 0xff, bitmap >> 8])
  return concatBytes(header(variant, shared), bitmapPart, ...valuePart, ...children)
}

function header(variant: string, nibbles: string): Uint8Array {
  const most = 2 ** (8 - variant.length) - 1
  const bits = Number.parseInt(variant.padEnd(8, '0'), 2)
  const bytes = [bits | Math.min(nibbles.length, most)]
  if (nibbles.length >= most) {
    let rest = nibbles.length - most
    for (; rest >= 255; rest -= 255) bytes.push(255)
    bytes.push(rest)
  }
  const padded = nibbles.length % 2 === 1 ? `0${nibbles}` : nibbles
  return concatBytes(new Uint8Array(bytes), Buffer.from(padded, 'hex'))
}

function sharedPrefix(texts: readonly string[]): string {
  let prefix = texts[0] ?? ''
  for (const text of texts) while (!text.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}

/** A state as a plain map, with main and child keys as `StorageKey`s. */
export type ModelState = ReadonlyMap<StorageKey, ModelValue>

/** `state` after changes of `version`, with the roots of changed child tries written. */
export function modelApply(state: ModelState, changes: Changes, version: StateVersion): ModelState {
  const next = new Map(state)
  for (const [key, value] of changes) {
    if (value === null) next.delete(key)
    else next.set(key, { value, version })
  }
  const childKeys = new Set(
    [...changes.keys()].filter(isChildKey).map((key) => key.split(CHILD_MARK)[1] ?? ''),
  )
  for (const childKey of childKeys) {
    const child = modelChild(next, childKey)
    if (child.size === 0) next.delete(CHILD_ROOT_PREFIX + childKey)
    else next.set(CHILD_ROOT_PREFIX + childKey, { value: modelRoot(child), version })
  }
  return next
}

/** Entries of one child trie. */
export function modelChild(state: ModelState, childKey: StorageKey): ModelState {
  const prefix = CHILD_MARK + childKey + CHILD_MARK
  return new Map(
    [...state].flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])),
  )
}

/** Hex of the state root. */
export function modelStateRoot(state: ModelState): string {
  return bytesToHex(modelRoot(new Map([...state].filter(([key]) => !isChildKey(key)))))
}

function isChildKey(key: StorageKey): boolean {
  return key.startsWith(CHILD_MARK)
}

/** A store over an array of entries. */
export function createModelStore(entries: Iterable<readonly [StorageKey, Uint8Array]>): Store {
  const values = new Map(entries)
  const keys = [...values.keys()].sort()
  const indexFrom = (key: StorageKey): number => {
    let low = 0
    let high = keys.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((keys[middle] ?? '') < key) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    id: 'model',
    keyCount: keys.length,
    get: (key) => values.get(key) ?? null,
    nextKey: (key) => keys[indexFrom(`${key}\0`)] ?? null,
    *range(start, end) {
      for (let i = indexFrom(start); i < keys.length; i++) {
        const key = keys[i] ?? ''
        if (end !== null && key >= end) return
        yield [key, values.get(key) ?? new Uint8Array(0)]
      }
    },
    share: () => ({ kind: 'lmdb', id: 'model', path: '', keyCount: keys.length }),
    close: () => {},
  }
}

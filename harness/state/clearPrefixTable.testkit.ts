const X = new Uint8Array([1])
const THREE = { p1: X, p2: X, p3: X }

/** What clearing the prefix `p` does (polkadot-sdk `Ext::clear_prefix`), for tests of each way there. */
export interface ClearPrefixCase {
  readonly why: string
  /** The state before the block. */
  readonly backend: Readonly<Record<string, Uint8Array>>
  /** What the call has written before; null: deleted. */
  readonly overlay: Readonly<Record<string, Uint8Array | null>>
  readonly limit: number | null
  /** Where a call with a cursor would go on. */
  readonly next: string | null
  readonly removed: number
  readonly unique: number
  readonly loops: number
  /** All keys that are deleted in the overlay afterwards. */
  readonly deleted: readonly string[]
}

/** Conformance cases of `clear_prefix` with a limit. */
export const CLEAR_PREFIX_CASES: readonly ClearPrefixCase[] = [
  row('no limit', THREE, {}, null, [null, [3, 3, 3], ['p1', 'p2', 'p3']]),
  row('a limit below', THREE, {}, 2, ['p3', [2, 2, 2], ['p1', 'p2']]),
  row('a limit that is just enough', THREE, {}, 3, [null, [3, 3, 3], ['p1', 'p2', 'p3']]),
  row('limit 0', THREE, {}, 0, ['p1', [0, 0, 0], []]),
  row('a new key is free', THREE, { p4: X }, 1, ['p2', [1, 2, 1], ['p1', 'p4']]),
  row('a changed key is free and counts as looked at', THREE, { p1: X }, 1, ['p2', [0, 1, 1], ['p1']]),
  row('no progress over keys deleted before', THREE, { p1: null, p2: null }, 2, [
    'p3',
    [0, 0, 2],
    ['p1', 'p2'],
  ]),
  row('limit 0 with nothing in the backend', {}, { p4: X }, 0, [null, [0, 1, 0], ['p4']]),
  row('neighbors stay', { o: X, p: X, q: X }, {}, null, [null, [1, 1, 1], ['p']]),
]

function row(
  why: string,
  backend: ClearPrefixCase['backend'],
  overlay: ClearPrefixCase['overlay'],
  limit: number | null,
  [next, [removed, unique, loops], deleted]: [
    next: string | null,
    counters: readonly [removed: number, unique: number, loops: number],
    deleted: readonly string[],
  ],
): ClearPrefixCase {
  return { why, backend, overlay, limit, next, removed, unique, loops, deleted }
}

/** What `storage_append` of the item 0xaa makes of a value (polkadot-sdk `StorageAppend`), for tests of each way there. */
export const APPEND_ITEM = new Uint8Array([0xaa])

export interface AppendCase {
  readonly why: string
  readonly before: Uint8Array | null
  readonly after: Uint8Array
}

/** Conformance cases: the count is read, the body never. */
export const APPEND_CASES: readonly AppendCase[] = [
  { why: 'absent', before: null, after: bytes([4, 0xaa]) },
  { why: 'empty bytes', before: bytes([]), after: bytes([4, 0xaa]) },
  { why: 'count 1 to 2', before: bytes([4, 0x11]), after: bytes([8, 0x11, 0xaa]) },
  { why: 'prefix of 1 to 2 bytes', before: bytes([0xfc], 63), after: bytes([1, 1], 63, [0xaa]) },
  {
    why: 'prefix of 2 to 4 bytes',
    before: bytes([0xfd, 0xff], 16_383),
    after: bytes([2, 0, 1, 0], 16_383, [0xaa]),
  },
  {
    why: 'prefix of 4 to 5 bytes',
    before: bytes([0xfe, 0xff, 0xff, 0xff]),
    after: bytes([3, 0, 0, 0, 0x40], 0, [0xaa]),
  },
  { why: 'no canonical prefix of 2 bytes', before: bytes([1, 0, 7]), after: bytes([4, 0xaa]) },
  { why: 'no canonical prefix of 4 bytes', before: bytes([0xfe, 0xff, 0, 0, 7]), after: bytes([4, 0xaa]) },
  {
    why: 'no canonical prefix of 5 bytes',
    before: bytes([3, 0xff, 0xff, 0xff, 0x3f, 7]),
    after: bytes([4, 0xaa]),
  },
  { why: 'a count past u32', before: bytes([7, 0, 0, 0, 0, 1]), after: bytes([4, 0xaa]) },
  { why: 'a prefix that is cut off', before: bytes([2, 0]), after: bytes([4, 0xaa]) },
  { why: 'a body that is not there', before: bytes([8]), after: bytes([12, 0xaa]) },
  { why: 'the largest count', before: bytes([3, 0xff, 0xff, 0xff, 0xff]), after: bytes([4, 0xaa]) },
]

function bytes(head: readonly number[], filling = 0, tail: readonly number[] = []): Uint8Array {
  const whole = new Uint8Array(head.length + filling + tail.length).fill(0x11)
  whole.set(head)
  whole.set(tail, head.length + filling)
  return whole
}

import type { ChainValue } from '../../harness/codec/index.ts'

const SMALL = [0n, 1n, 2n, 10n, 100n]

/** Simpler values of the same form, simplest first: shorter lists and bytes, smaller and rounder integers. */
export function* shrinkValue(value: ChainValue): Generator<ChainValue> {
  if (typeof value === 'number' && Number.isInteger(value)) {
    for (const small of shrinkInteger(BigInt(value))) yield Number(small)
  } else if (typeof value === 'string') yield* shrinkText(value)
  else if (Array.isArray(value)) yield* shrinkList(value)
  else if (typeof value === 'object' && value !== null) yield* shrinkRecord(value)
}

function* shrinkInteger(value: bigint): Generator<bigint> {
  if (value <= 0n) return
  for (const small of SMALL) if (small < value) yield small
  const half = value / 2n
  if (!SMALL.includes(half)) yield half
  if (value > 1n && !SMALL.includes(value - 1n) && value - 1n !== half) yield value - 1n
}

function* shrinkText(value: string): Generator<string> {
  if (/^\d+$/.test(value)) {
    for (const small of shrinkInteger(BigInt(value))) yield small.toString()
  } else if (/^0x([0-9a-f]{2})+$/.test(value) && value.length !== 66) {
    const bytes = (value.length - 2) / 2
    yield '0x'
    for (let cut = Math.floor(bytes / 2); cut > 0; cut = Math.floor(cut / 2)) {
      yield value.slice(0, value.length - 2 * cut)
    }
  }
}

function* shrinkList(list: readonly ChainValue[]): Generator<ChainValue> {
  if (list.length > 0) yield []
  for (let cut = Math.floor(list.length / 2); cut > 0; cut = Math.floor(cut / 2)) {
    yield list.slice(0, list.length - cut)
    yield list.slice(cut)
  }
  for (const [i, item] of list.entries()) {
    if (i >= 8) break
    for (const small of shrinkValue(item)) yield list.map((one, j) => (i === j ? small : one))
  }
}

function* shrinkRecord(value: object): Generator<ChainValue> {
  for (const [name, inner] of Object.entries(value)) {
    for (const small of shrinkValue(inner)) yield { ...value, [name]: small }
  }
}

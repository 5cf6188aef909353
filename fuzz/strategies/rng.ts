/** Where chance comes from: a campaign with the same seed makes the same choices. */
export interface Rng {
  /** An integer from 0 to `below` - 1; `below` up to 2^32. */
  int(below: number): number
}

const MULTIPLIER = 0x9e3779b9

/** xoshiro128** (Blackman and Vigna, 2018), seeded by a 32-bit integer. */
export function createRng(seed: number): Rng {
  const s = Uint32Array.from([1, 2, 3, 4], (i) => mix((seed >>> 0) + Math.imul(i, MULTIPLIER)))
  if (s.every((word) => word === 0)) s[0] = 1
  const next = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = s
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const x2 = c ^ a
    const x3 = d ^ b
    s[1] = b ^ x2
    s[0] = a ^ x3
    s[2] = x2 ^ (b << 9)
    s[3] = rotate(x3, 11)
    return result
  }
  return { int: (below) => Math.floor((next() / 2 ** 32) * below) }
}

/** True once in a while: with probability `percent` in a hundred. */
export function chance(rng: Rng, percent: number): boolean {
  return rng.int(100) < percent
}

/** An element; throws `RangeError` for an empty list. */
export function pick<T>(rng: Rng, list: readonly T[]): T {
  const index = rng.int(list.length)
  if (index >= list.length) throw new RangeError('there is nothing to pick from')
  // SAFETY: the index is within the list.
  return list[index] as T
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function mix(word: number): number {
  let x = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** What is fixed in one walk: capacity, number of neurons and the length of each row. All values stay open. */
export interface ProofShape {
  readonly maxN: number
  readonly cap: number
  readonly n: number
  /** Of the first `n` rows; each at most `cap`. */
  readonly lengths: readonly number[]
}

/** `n` neurons with `row` cells each, and no more capacity than that. */
export function denseShape(n: number, row: number): ProofShape {
  return { maxN: Math.max(1, n), cap: Math.max(1, row), n, lengths: new Array<number>(n).fill(row) }
}

/** Every vector of row lengths 0..n of n neurons: (n + 1)^n shapes; for n = 0 the one without neurons. */
export function* allShapes(n: number): Generator<ProofShape> {
  const base = n + 1
  for (let code = 0; code < base ** n; code++) {
    const lengths: number[] = []
    let rest = code
    for (let i = 0; i < n; i++) {
      lengths.push(rest % base)
      rest = Math.floor(rest / base)
    }
    yield { maxN: Math.max(1, n), cap: Math.max(1, n), n, lengths }
  }
}

/** As in messages: `n = 3, rows 0 2 3`, or `n = 256 x 64` when all rows are equal. */
export function describeShape({ n, lengths }: ProofShape): string {
  const [first = 0] = lengths
  if (n === 0) return 'n = 0'
  if (lengths.every((length) => length === first)) return `n = ${n} x ${first}`
  return `n = ${n}, rows ${lengths.join(' ')}`
}

/** How a count grows with `n`, from measurements: fitted, and not proved in between or beyond. */
export interface CostLaw {
  readonly kind: 'polynomial' | 'power'
  /** Highest power of `n`; for a power law, its exponent. */
  readonly degree: number
  /** Such as `695 + 11176.5 n`. */
  readonly formula: string
  /** By power of `n`, from 0; a power law has the one factor. */
  readonly coefficients: readonly number[]
}

/** What the law says for `n`, rounded to a whole number. */
export function costAt({ kind, degree, coefficients }: CostLaw, n: number): number {
  if (kind === 'power') return Math.round((coefficients[0] ?? 0) * n ** degree)
  return Math.round(coefficients.reduce((sum, coefficient, power) => sum + coefficient * n ** power, 0))
}

interface Point {
  readonly n: number
  readonly fuel: number
}

/** A law of a higher degree would be fitted to as many points as it has coefficients, and fit anything. */
const MAX_DEGREE = 3

/**
 * A polynomial when the differences of equally spaced points vanish exactly, with at least one point more than it needs;
 * otherwise a power law through the last two points. Null with fewer than two points.
 */
export function fitCostLaw(points: readonly Point[]): CostLaw | null {
  const [last, before] = [points.at(-1), points.at(-2)]
  if (last === undefined || before === undefined) return null
  return polynomialLaw(points) ?? powerLaw(before, last)
}

function polynomialLaw(points: readonly Point[]): CostLaw | null {
  const [first, second] = points
  if (first === undefined || second === undefined) return null
  const step = second.n - first.n
  if (points.some((point, i) => point.n !== first.n + i * step)) return null
  const leading: number[] = []
  let row = points.map((point) => point.fuel)
  while (row.some((value) => value !== 0)) {
    if (leading.length > MAX_DEGREE || row.length < 2) return null
    leading.push(row[0] ?? 0)
    row = row.slice(1).map((value, i) => value - (row[i] ?? 0))
  }
  const at = (n: number) => newton(leading, (n - first.n) / step)
  const coefficients = coefficientsOf(at, leading.length)
  const degree = Math.max(0, leading.length - 1)
  return { kind: 'polynomial', degree, formula: formulaOf(coefficients), coefficients }
}

/** Newton's forward differences: sum of `leading[k] * binomial(x, k)`. */
function newton(leading: readonly number[], x: number): number {
  let sum = 0
  let binomial = 1
  leading.forEach((difference, k) => {
    sum += difference * binomial
    binomial = (binomial * (x - k)) / (k + 1)
  })
  return sum
}

/** Coefficients from values at 0, 1, 2, … by solving for one power after the other. */
function coefficientsOf(at: (n: number) => number, count: number): readonly number[] {
  const rows = Array.from({ length: count }, (_, n) => [
    ...Array.from({ length: count }, (_, k) => n ** k),
    at(n),
  ])
  for (const [i, pivot] of rows.entries()) {
    for (const [j, row] of rows.entries()) {
      if (i === j) continue
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1)
      row.forEach((value, k) => {
        row[k] = value - factor * (pivot[k] ?? 0)
      })
    }
  }
  return rows.map((row, i) => (row[count] ?? 0) / (row[i] ?? 1))
}

function formulaOf(coefficients: readonly number[]): string {
  const terms = coefficients.flatMap((value, power) => {
    const rounded = Number(value.toFixed(4))
    return rounded === 0 ? [] : [`${rounded}${['', ' n', ' n^2', ' n^3'][power] ?? ''}`]
  })
  return terms.length === 0 ? '0' : terms.join(' + ')
}

function powerLaw(one: Point, other: Point): CostLaw {
  const degree = Math.log(other.fuel / one.fuel) / Math.log(other.n / one.n)
  return {
    kind: 'power',
    degree,
    formula: `${other.fuel} (n / ${other.n})^${degree.toFixed(2)}`,
    coefficients: [other.fuel / other.n ** degree],
  }
}

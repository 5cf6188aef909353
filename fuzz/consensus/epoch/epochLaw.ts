/** Instructions of an epoch by neurons `n` and weights `w`: fitted by least squares of relative errors, and not proved. */
export interface EpochLaw {
  /** Such as `1000 + 50.5 n + 0.5 n^2 + 300.25 w`. */
  readonly formula: string
  /** Of an epoch, of a neuron, of a pair of neurons, of a weight. */
  readonly coefficients: readonly number[]
  /** Largest relative distance of a measurement from the law. */
  readonly worstError: number
}

interface Point {
  readonly n: number
  readonly weights: number
  readonly fuel: number
}

const UNITS = ['', ' n', ' n^2', ' w']
const featuresOf = ({ n, weights }: Point): readonly number[] => [1, n, n * n, weights]

/** Null with fewer points than one more than the law has coefficients: as many always fit. */
export function fitEpochLaw(points: readonly Point[]): EpochLaw | null {
  if (points.length <= UNITS.length) return null
  // Each row divided by what was measured, so that small subnets count as much as large ones.
  const rows = points.map((point) => featuresOf(point).map((feature) => feature / point.fuel))
  const normal = UNITS.map((_, i) => [
    ...UNITS.map((__, j) => rows.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0)),
    rows.reduce((sum, row) => sum + (row[i] ?? 0), 0),
  ])
  const coefficients = solve(normal)
  const errors = rows.map((row) =>
    Math.abs(row.reduce((sum, feature, i) => sum + feature * (coefficients[i] ?? 0), 0) - 1),
  )
  const formula = coefficients.map((value, i) => `${value.toFixed(i === 0 ? 0 : 2)}${UNITS[i]}`).join(' + ')
  return { formula, coefficients, worstError: Math.max(...errors) }
}

/** Gauss with pivots, over rows that end with the right-hand side. */
function solve(rows: number[][]): readonly number[] {
  for (let i = 0; i < rows.length; i++) {
    const pivots = rows.slice(i).map((row) => Math.abs(row[i] ?? 0))
    const at = i + pivots.indexOf(Math.max(...pivots))
    const [from, to] = [rows[at], rows[i]]
    if (from === undefined || to === undefined) break
    rows[i] = from
    rows[at] = to
    for (const [j, row] of rows.entries()) {
      if (j === i) continue
      const factor = (row[i] ?? 0) / (from[i] ?? 1)
      rows[j] = row.map((value, k) => value - factor * (from[k] ?? 0))
    }
  }
  return rows.map((row, i) => (row.at(-1) ?? 0) / (row[i] ?? 1))
}

import { fuzzConsensus } from '../../consensus/index.ts'
import type { BrokenInput, ClaimName } from './proofResult.ts'

export interface FindFaultsOptions {
  /** Executions of the search. */
  readonly runs: number
  readonly maxPages: number
  /** The largest subnet to serve, and how many instructions a run may take there. */
  readonly largest: { readonly maxN: number; readonly cap: number }
  readonly fuelBudget: number
}

/** Faults of the kinds that proofs exclude, by the property of the search that shows them. */
const RULES: ReadonlyMap<string, ClaimName> = new Map([
  ['trap', 'no trap'],
  ['time', 'time'],
  ['room', 'memory'],
  ['memoryLimit', 'memory'],
  ['abi', 'no trap'],
  ['regions', 'stays in its regions'],
])

/** Searches for inputs that break a rule, each run in V8 and made as small as it gets. */
export function findFaults(wasm: Uint8Array, options: FindFaultsOptions): readonly BrokenInput[] {
  const { runs, maxPages, largest, fuelBudget } = options
  return fuzzConsensus(wasm, { runs, maxPages, largest, fuelBudget }).findings.flatMap((finding) => {
    const rule = RULES.get(finding.property)
    if (rule === undefined) return []
    const { title, message, n, input, shape } = finding
    return [{ rule, title, message, n, input, shape, foundBy: 'search' as const }]
  })
}

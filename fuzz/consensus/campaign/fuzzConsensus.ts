import { createHash } from 'node:crypto'
import type { ConsensusInput, Shape } from '../abi/index.ts'
import { ConsensusMachine } from '../machine/index.ts'
import { type ConsensusModule, checkModule, type ModuleProblem, meterModule } from '../module/index.ts'
import {
  agreement,
  COMPARISONS,
  type ConsensusProperty,
  ENDINGS,
  monotonies,
  SUMS,
} from '../properties/index.ts'
import { yuma } from '../reference/index.ts'
import { Campaign } from './campaign.ts'
import type { ConsensusFinding } from './finding.ts'
import { type Growth, measureGrowth } from './growth.ts'
import { moduleConstants } from './moduleConstants.ts'
import { CountingTrial } from './trial.ts'

export interface FuzzConsensusOptions {
  /** Executions; default 20,000. */
  readonly runs?: number
  /** Default 1. The same module, options and seed give the same result. */
  readonly seed?: number
  /** What the function has to agree with; default null, nothing. */
  readonly reference?: 'yuma' | null
  /** Neurons of searched inputs; default 6. */
  readonly maxN?: number
  /** Cells of a searched row; default 8. */
  readonly maxRow?: number
  /** Instructions of a run of a searched input; default 5,000,000. */
  readonly fuelLimit?: number
  /** Pages of 64 KiB; default 1,024. */
  readonly maxPages?: number
  /** The largest subnet to serve; default 4,096 neurons with rows of 8. */
  readonly largest?: Shape
  /** Instructions of a run there; default 4,000,000,000. */
  readonly fuelBudget?: number
  /** Executions after the first finding, to look for others; default 2,000. */
  readonly runsAfterFinding?: number
  readonly onFinding?: (finding: ConsensusFinding) => void
}

export interface FuzzConsensusResult {
  readonly moduleSha256: string
  /** Rules of the ABI that the module breaks without being run. */
  readonly problems: readonly ModuleProblem[]
  /** Null when the module was refused and did not run. */
  readonly searched: SearchedResult | null
  /** Empty, and `problems` too: nothing was found wrong. */
  readonly findings: readonly ConsensusFinding[]
}

export interface SearchedResult {
  readonly seed: number
  readonly executions: number
  readonly edges: { readonly seen: number; readonly all: number }
  readonly corpus: readonly ConsensusInput[]
  /** Of searched inputs that returned. */
  readonly mostFuel: number
  readonly mostPages: number
  /** Null when a searched input already runs too long. */
  readonly growth: Growth | null
  readonly shape: Shape
  readonly limits: { readonly fuel: number; readonly pages: number }
}

/** Judges a consensus function by its ABI, by inputs searched along its edges, and by how its cost grows. */
export function fuzzConsensus(wasm: Uint8Array, options: FuzzConsensusOptions = {}): FuzzConsensusResult {
  const checked = checkModule(wasm)
  const moduleSha256 = sha256(wasm)
  if (checked.kind === 'refused') {
    return { moduleSha256, problems: checked.problems, searched: null, findings: [] }
  }
  return { moduleSha256, problems: checked.problems, ...search(checked.module, options) }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function search(
  module: ConsensusModule,
  options: FuzzConsensusOptions,
): Pick<FuzzConsensusResult, 'findings' | 'searched'> {
  const { runs = 20_000, seed = 1, maxN = 6, maxRow = 8, runsAfterFinding = 2_000 } = options
  const { maxPages = 1024, fuelLimit = 5_000_000, reference = null, onFinding = () => undefined } = options
  const metered = meterModule(module, { maxPages })
  const machine = new ConsensusMachine(metered)
  const shape: Shape = { maxN: maxN + 1, cap: maxRow + 1 }
  const trial = new CountingTrial({ machine, edgeCount: metered.edgeCount, shape, fuelLimit })
  const constants = moduleConstants(module)
  const { findings, corpus, executions } = new Campaign({
    ...{ trial, runs, seed, maxN, maxRow, constants, runsAfterFinding, onFinding },
    ...propertiesFor(reference),
  }).run()
  const growth = findings.some(({ property }) => property === 'time')
    ? null
    : growthOf(module, machine, options)
  const grown = growthFindings(growth, findings, options)
  for (const finding of grown) onFinding(finding)
  return {
    findings: [...findings, ...grown],
    searched: {
      ...{ seed, executions, corpus, growth, shape },
      edges: { seen: trial.edgesSeen, all: metered.edgeCount },
      mostFuel: trial.mostFuel,
      mostPages: trial.mostPages,
      limits: { fuel: fuelLimit, pages: maxPages },
    },
  }
}

function growthOf(module: ConsensusModule, machine: ConsensusMachine, options: FuzzConsensusOptions): Growth {
  const { maxPages = 1024, largest = DEFAULT_LARGEST, fuelBudget = DEFAULT_FUEL_BUDGET } = options
  const roomyMachine = new ConsensusMachine(meterModule(module, { maxPages: roomyPages(maxPages) }))
  return measureGrowth({ machine, roomyMachine, largest, fuelBudget, direct: [...ENDINGS, ...SUMS] })
}

/** What growth has shown and the search had not. */
function growthFindings(
  growth: Growth | null,
  known: readonly ConsensusFinding[],
  { fuelBudget = DEFAULT_FUEL_BUDGET }: FuzzConsensusOptions,
): readonly ConsensusFinding[] {
  const fault = growth?.broken ?? null
  if (fault === null) return []
  if (known.some(({ property, site }) => property === fault.property && site === fault.site)) return []
  const { property, title, message, site, n, input, shape } = fault
  return [
    {
      ...{ property, title, message, site, n, input, shape },
      ...{ fuelLimit: fuelBudget, variation: 0, foundAfter: 0, shrunkWith: 0 },
    },
  ]
}

const DEFAULT_LARGEST: Shape = { maxN: 4096, cap: 8 }
/** A block of 4 s, at an instruction each nanosecond. */
const DEFAULT_FUEL_BUDGET = 4_000_000_000

/** Pages to tell a lack of memory from another fault. */
export function roomyPages(maxPages: number): number {
  return Math.min(65_536, 4 * maxPages)
}

export interface PropertySets {
  readonly direct: readonly ConsensusProperty[]
  readonly compared: readonly ConsensusProperty[]
}

export function propertiesFor(reference: FuzzConsensusOptions['reference']): PropertySets {
  const agreed = reference === 'yuma' ? [agreement('Yuma', yuma)] : []
  return { direct: [...ENDINGS, ...SUMS, ...agreed], compared: [...COMPARISONS, ...monotonies(yuma)] }
}

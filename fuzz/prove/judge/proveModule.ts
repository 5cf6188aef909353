import { createHash } from 'node:crypto'
import { ABI_VERSION } from '../../consensus/abi/index.ts'
import { decodeProgram, type Program } from '../decode/index.ts'
import type { Solver } from '../solver/index.ts'
import { type Budget, claimsOf } from './claimsOf.ts'
import { findFaults } from './findFaults.ts'
import { fitBoundLaw } from './fitBoundLaw.ts'
import { judgeFamily } from './judgeFamily.ts'
import type { BrokenInput, Claim, FamilyProof, ProofResult, SolvedQuery } from './proofResult.ts'
import { everySmallShape, oneDenseShape, type ShapeFamily } from './shapeFamilies.ts'
import { type AlarmSolver, createAlarmSolver } from './solveAlarms.ts'

export interface ProveOptions {
  /** Default: every n <= 4, 64 x 64 and 256 x 64. */
  readonly families?: readonly ShapeFamily[]
  /** Asked about alarms that bounds leave open; default none, and they stay UNKNOWN or are found BROKEN by search. */
  readonly solver?: Solver | null
  /** Steps of one walk; default 400 million. */
  readonly maxSteps?: number
  /** Default 1,024. */
  readonly maxPages?: number
  /** Milliseconds for all walks together; default 10 minutes. What is not done by then is UNKNOWN. */
  readonly timeMs?: number
  /** Executions that search for faults when something is open; default 20,000. */
  readonly searchRuns?: number
  readonly signal?: AbortSignal | null
  readonly onProgress?: (text: string) => void
}

/** The largest subnet and the number of subnets that a chain has to serve; 4 s of block weight at an instruction each nanosecond. */
const LARGEST = { maxN: 4096, cap: 8 }
/** Executions of the search. */
const DEFAULT_RUNS = 20_000
const BUDGET: Budget = { instructions: 4_000_000_000, subnets: 1024 }

/**
 * Judges a consensus function of ABI 1 for all values: traps, regions, instructions and pages.
 *
 * Errors: as `decodeProgram` for modules that can't be judged. Everything else, an interruption included, is in the result.
 */
export async function proveModule(wasm: Uint8Array, options: ProveOptions = {}): Promise<ProofResult> {
  const program = decodeProgram(wasm)
  const run = new ProofRun(wasm, program, options)
  return run.result()
}

class ProofRun {
  readonly #wasm: Uint8Array
  readonly #program: Program
  readonly #options: ProveOptions
  readonly #walk: {
    readonly maxSteps: number
    readonly maxPages: number
    readonly signal: AbortSignal | null
    readonly deadlineMs: number
  }

  constructor(wasm: Uint8Array, program: Program, options: ProveOptions) {
    this.#wasm = wasm
    this.#program = program
    this.#options = options
    const { maxSteps = 400_000_000, maxPages = 1024, signal = null, timeMs = 600_000 } = options
    this.#walk = { maxSteps, maxPages, signal, deadlineMs: Date.now() + timeMs }
  }

  async result(): Promise<ProofResult> {
    const { solver = null } = this.#options
    const alarms =
      solver === null ? null : createAlarmSolver(this.#wasm, this.#program, { solver, walk: this.#walk })
    const families = await this.#judgeAll(alarms)
    const law = this.#isOver()
      ? null
      : fitBoundLaw(this.#program, { walk: this.#walk, largest: LARGEST.maxN })
    const broken = this.#findBroken(families, alarms, law?.atLargest.instructions ?? null)
    const { maxSteps, maxPages } = this.#walk
    const queries: readonly SolvedQuery[] = alarms?.queries ?? []
    const claims = claimsOf(families, { law, broken, budget: BUDGET })
    return {
      verdict: verdictOf(claims),
      moduleSha256: createHash('sha256').update(this.#wasm).digest('hex'),
      sizeBytes: this.#wasm.length,
      abiVersion: ABI_VERSION,
      limits: { maxSteps, maxPages, searchRuns: this.#options.searchRuns ?? DEFAULT_RUNS },
      families,
      law,
      broken,
      queries,
      claims,
      assumptions: this.#assumptions(),
      notLookedAt: NOT_LOOKED_AT,
    }
  }

  async #judgeAll(alarms: AlarmSolver | null): Promise<readonly FamilyProof[]> {
    const { families = DEFAULT_FAMILIES, onProgress = () => undefined } = this.#options
    const proofs: FamilyProof[] = []
    for (const family of families) {
      const proof = await judgeFamily(this.#program, family, {
        walk: this.#walk,
        closeAlarms: alarms === null ? null : (walk) => alarms.close(walk),
        onShape: async (name, done, all) => {
          if (all > 1 && done % 50 !== 0) return
          onProgress(`${name}: ${done} of ${all}`)
          // Signals and timers get their turn.
          await new Promise((resolve) => setImmediate(resolve))
        },
      })
      proofs.push(proof)
    }
    return proofs
  }

  /** A search, when the walks leave something open or the law passes the budget. */
  #findBroken(
    families: readonly FamilyProof[],
    alarms: AlarmSolver | null,
    atLargest: number | null,
  ): readonly BrokenInput[] {
    const bySolver = alarms?.broken ?? []
    const isOpen = families.some(({ open, stop }) => open.length > 0 || stop !== null)
    const isCostly = atLargest === null || atLargest > BUDGET.instructions
    const refused = this.#walk.signal?.aborted === true
    const { searchRuns = DEFAULT_RUNS } = this.#options
    if (searchRuns === 0 || refused || !(isOpen || isCostly || this.#growsMemory())) return bySolver
    const found = findFaults(this.#wasm, {
      runs: isOpen ? searchRuns : 0,
      maxPages: this.#walk.maxPages,
      largest: LARGEST,
      fuelBudget: BUDGET.instructions,
    })
    const rules = new Set(found.map(({ rule }) => rule))
    return [...found, ...bySolver.filter(({ rule }) => !rules.has(rule))]
  }

  /** Whether the module can ask for memory while it runs: then the largest subnet is tried. */
  #growsMemory(): boolean {
    return this.#program.functions.some(({ code }) => code.some(({ kind }) => kind === 'memoryGrow'))
  }

  #isOver(): boolean {
    return this.#walk.signal?.aborted === true || Date.now() > this.#walk.deadlineMs
  }

  #assumptions(): readonly string[] {
    return [
      `memory limit of ${this.#walk.maxPages} pages`,
      'inputs laid out as ABI 1 says (docs/consensus-abi.md)',
      'one fresh instance for each run',
      "this analyzer, which is tested but not itself proved; V8's and the node's stack are deep enough",
    ]
  }
}

function verdictOf(claims: readonly Claim[]): ProofResult['verdict'] {
  if (claims.some(({ word }) => word === 'BROKEN')) return 'BROKEN'
  const isProved =
    claims.some(({ word }) => word === 'PROVED') && claims.every(({ word }) => word !== 'UNKNOWN')
  return isProved ? 'PROVED' : 'UNKNOWN'
}

const DEFAULT_FAMILIES: readonly ShapeFamily[] = [
  everySmallShape(4),
  oneDenseShape(64, 64),
  oneDenseShape(256, 64),
]

const NOT_LOOKED_AT: readonly string[] = [
  'whether outputs are normalized, fair or independent of the order of neurons (fuzzed only)',
  'sums that wrap around without a trap',
  'writes that hit another array inside the same region',
  'milliseconds on a validator',
  'shapes that are not listed',
  'that the module equals what a runtime will contain: compiled into a pallet it is another build',
]

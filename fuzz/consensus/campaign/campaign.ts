import fc from 'fast-check'
import { createSeededRandom, type SeededRandom } from '../../../harness/base/seededRandom.ts'
import type { ConsensusInput } from '../abi/index.ts'
import { consensusInputs, mutateInput, seedInputs } from '../inputs/index.ts'
import type { ConsensusProperty, Violation } from '../properties/index.ts'
import type { ConsensusFinding } from './finding.ts'
import { shrinkInput } from './shrinkInput.ts'
import type { CountingTrial } from './trial.ts'

export interface CampaignOptions {
  readonly trial: CountingTrial
  /** Seen in one run. */
  readonly direct: readonly ConsensusProperty[]
  /** Need runs of their own: one of them for each input, all for an input that took a new edge. */
  readonly compared: readonly ConsensusProperty[]
  /** Executions in all, shrinking not counted. */
  readonly runs: number
  readonly seed: number
  readonly maxN: number
  readonly maxRow: number
  readonly constants: readonly bigint[]
  /** Executions after the first finding, to look for others. */
  readonly runsAfterFinding: number
  readonly onFinding?: (finding: ConsensusFinding) => void
}

export interface CampaignResult {
  readonly findings: readonly ConsensusFinding[]
  /** Inputs that took a new edge. */
  readonly corpus: readonly ConsensusInput[]
  /** Shrinking not counted. */
  readonly executions: number
}

/** Fresh inputs made at once. */
const BATCH = 64
const SHRINK_TRIES = 1500
/** Inputs of each smaller size that are tried after a fault was found. */
const TRIES_BELOW = 150
/** Ways of comparing that shrinking tries. */
const VARIATIONS = [0, 1, 2]
const MAX_FINDINGS = 12

/** One seeded search: the special cases, then fresh inputs and changes of those that took new edges. */
export class Campaign {
  readonly #options: CampaignOptions
  readonly #random: SeededRandom
  readonly #corpus: ConsensusInput[] = []
  readonly #findings = new Map<string, ConsensusFinding>()
  #fresh: ConsensusInput[] = []
  #batches = 0
  #spentOnShrinking = 0
  #firstFinding: number | null = null

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#random = createSeededRandom(options.seed)
  }

  run(): CampaignResult {
    const { maxN, maxRow } = this.#options
    for (const input of seedInputs(maxN, maxRow)) this.#look(input)
    while (!this.#isDone()) this.#look(this.#nextInput())
    return {
      findings: [...this.#findings.values()],
      corpus: this.#corpus,
      executions: this.#executions,
    }
  }

  get #executions(): number {
    return this.#options.trial.executions - this.#spentOnShrinking
  }

  #isDone(): boolean {
    const { runs, runsAfterFinding } = this.#options
    const first = this.#firstFinding
    return (
      this.#executions >= runs ||
      (first !== null && this.#executions >= first + runsAfterFinding) ||
      this.#findings.size >= MAX_FINDINGS
    )
  }

  #nextInput(): ConsensusInput {
    const random = this.#random
    const from = this.#corpus[random.below(this.#corpus.length)]
    if (from === undefined || random.below(4) === 0) return this.#freshInput()
    const { maxN, maxRow, constants } = this.#options
    const other = this.#corpus[random.below(this.#corpus.length)] ?? from
    return mutateInput(from, { random, maxN, maxRow, constants, other })
  }

  #freshInput(): ConsensusInput {
    const { seed, maxN, maxRow } = this.#options
    if (this.#fresh.length === 0) {
      const arbitrary = consensusInputs({ maxN, maxRow })
      this.#fresh = fc.sample(arbitrary, { seed: seed + this.#batches++, numRuns: BATCH })
    }
    return this.#fresh.pop() ?? { ...EMPTY }
  }

  #look(input: ConsensusInput): void {
    const { trial, direct, compared } = this.#options
    const result = trial.run(input)
    const isNew = trial.takeFoundEdges()
    if (isNew) this.#corpus.push(input)
    const variation = this.#random.below(2 ** 31)
    const one = compared[this.#random.below(compared.length)]
    const properties = [...direct, ...(isNew ? compared : one === undefined ? [] : [one])]
    for (const property of properties) {
      const violation = property.check(trial, { input, result, variation })
      if (violation !== null) {
        this.#found(property, violation, { input, variation })
        break
      }
    }
    trial.takeFoundEdges()
  }

  #found(
    property: ConsensusProperty,
    violation: Violation,
    at: { readonly input: ConsensusInput; readonly variation: number },
  ): void {
    const key = `${property.id} ${violation.site}`
    if (this.#findings.has(key)) return
    this.#firstFinding ??= this.#executions
    const foundAfter = this.#executions
    const before = this.#options.trial.executions
    const { input, variation } = this.#smallest(property, violation.site, at)
    const shrunkWith = this.#options.trial.executions - before
    this.#spentOnShrinking += shrunkWith
    const message = (this.#check(property, input, variation) ?? violation).message
    const finding: ConsensusFinding = {
      property: property.id,
      title: property.title,
      message,
      site: violation.site,
      n: input.neurons.length,
      input,
      shape: this.#options.trial.shape,
      fuelLimit: this.#options.trial.fuelLimit,
      variation,
      foundAfter,
      shrunkWith,
    }
    this.#findings.set(key, finding)
    this.#options.onFinding?.(finding)
  }

  #smallest(
    property: ConsensusProperty,
    site: string,
    at: { readonly input: ConsensusInput; readonly variation: number },
  ): { readonly input: ConsensusInput; readonly variation: number } {
    let variation = at.variation
    const others = this.#options.compared.includes(property) ? VARIATIONS : []
    const fails = (input: ConsensusInput) => {
      for (const one of [variation, ...others]) {
        if (this.#check(property, input, one)?.site !== site) continue
        variation = one
        return true
      }
      return false
    }
    let best = shrinkInput(at.input, fails, SHRINK_TRIES)
    const smaller = this.#searchBelow(best.neurons.length, fails)
    if (smaller !== null) best = shrinkInput(smaller, fails, SHRINK_TRIES)
    fails(best)
    return { input: best, variation }
  }

  /** An input of fewer neurons that fails: what removing neurons from one does not lead to. */
  #searchBelow(n: number, fails: (input: ConsensusInput) => boolean): ConsensusInput | null {
    const { maxRow } = this.#options
    for (let size = 0; size < n; size++) {
      const arbitrary = consensusInputs({ minN: size, maxN: size, maxRow })
      const fresh = fc.sample(arbitrary, { seed: this.#options.seed, numRuns: TRIES_BELOW })
      const special = seedInputs(size, maxRow).filter(({ neurons }) => neurons.length === size)
      const found = [...special, ...fresh].find(fails)
      if (found !== undefined) return found
    }
    return null
  }

  #check(property: ConsensusProperty, input: ConsensusInput, variation: number): Violation | null {
    const { trial } = this.#options
    return property.check(trial, { input, result: trial.run(input), variation })
  }
}

const EMPTY: ConsensusInput = { kappa: 0, alpha: 0, maxValidators: 0, bondsPenalty: 0, neurons: [] }

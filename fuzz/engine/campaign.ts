import { DrydockError } from '../../harness/base/errors.ts'
import { CODE_KEY, outcomeText } from '../../harness/chain/index.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { ChainProfile } from '../../scenarios/check/chainProfile.ts'
import type { Oracle, Suspicion } from '../oracles/oracle.ts'
import { anyCall, createAnyCall, fuzzedCalls, type KnownCall } from '../strategies/anyCall.ts'
import type { Generator } from '../strategies/generateValue.ts'
import { mutateFields } from '../strategies/mutateValue.ts'
import { chance, createRng, pick, type Rng } from '../strategies/rng.ts'
import type { CallStep, Step } from '../strategies/step.ts'
import type { Strategy } from '../strategies/strategy.ts'
import { subtensorStrategies } from '../strategies/subtensor/subtensorCalls.ts'
import { collectPools, rememberNamed, type ValuePools } from '../strategies/valuePools.ts'
import { Bandit } from './bandit.ts'
import { ComparisonFeedback } from './comparisonFeedback.ts'
import { EdgeCoverage } from './edgeCoverage.ts'
import { FastChain, type OpenBlock, type Stop } from './fastChain.ts'
import type { FuzzTarget } from './fuzzTarget.ts'
import { CaseRun } from './runCase.ts'
import { type Snapshot, stepsTo } from './snapshot.ts'
import { SnapshotPool } from './snapshotPool.ts'
import { StateFeatures } from './stateFeatures.ts'

/** How a campaign is guided; the other two are there to compare with. */
export type Guidance = 'states' | 'coverage' | 'none'

export interface CampaignOptions {
  readonly target: FuzzTarget
  readonly profile: ChainProfile
  readonly seed: number
  readonly oracles: readonly Oracle[]
  /** Default `states`. */
  readonly guidance?: Guidance
  /** Sequences from earlier campaigns, to begin with. */
  readonly corpus?: readonly (readonly Step[])[]
}

/** A fault and the steps that show it, from the block after the fork's head. */
export interface FoundFault {
  readonly suspicion: Suspicion
  readonly steps: readonly Step[]
  /** Runtime calls that the campaign had made. */
  readonly executions: number
}

export interface CampaignStats {
  readonly executions: number
  readonly cases: number
  readonly edges: number
  readonly states: number
  readonly depth: number
  readonly findings: number
  /** Of signed and root calls that were applied. */
  readonly succeeded: number
  readonly applied: number
}

const MAX_CALLS = 4
const MAX_DEPTH = 160
const MAX_KEPT_CALLS = 2_000

/**
 * A campaign against the runtime at a fork's head: it keeps states that are new by the edges that led to them or by their shape, and goes
 * on from them. One `runCase` is one block with a few calls. The same options give the same campaign, to the byte.
 */
export class Campaign {
  readonly chain: FastChain
  /** By key, in the order of finding. */
  readonly faults = new Map<string, FoundFault>()
  readonly first: OpenBlock
  readonly #options: CampaignOptions
  readonly #codec: ChainCodec
  readonly #rng: Rng
  readonly #pools: ValuePools
  readonly #calls: readonly KnownCall[]
  readonly #strategies: readonly Strategy[]
  readonly #bandit: Bandit
  readonly #edges: EdgeCoverage
  readonly #features: StateFeatures
  readonly #snapshots: SnapshotPool
  readonly #comparisons: ComparisonFeedback
  /** Of cases that were kept: to be changed and used again. */
  readonly #keptCalls: CallStep[] = []
  readonly #kept: Snapshot[] = []
  #cases = 0
  #succeeded = 0
  #applied = 0

  private constructor(parts: {
    chain: FastChain
    first: OpenBlock
    comparisons: FastChain
    options: CampaignOptions
  }) {
    const { chain, first, options } = parts
    this.chain = chain
    this.first = first
    this.#options = options
    this.#codec = chain.runtime.codec
    this.#rng = createRng(options.seed)
    this.#pools = collectPools(this.#codec, options.target.head.state)
    this.#calls = fuzzedCalls(this.#codec.metadata.types)
    this.#strategies = this.#createStrategies()
    this.#bandit = new Bandit(this.#strategies.length)
    this.#edges = new EdgeCoverage(chain.machine)
    this.#features = new StateFeatures(this.#codec)
    this.#snapshots = new SnapshotPool({
      block: first,
      parent: null,
      steps: [],
      depth: 0,
      features: [],
      picks: 0,
    })
    this.#comparisons = new ComparisonFeedback(parts.comparisons, this.#pools)
  }

  /** Errors as `FastChain.open`; `FUZZ_NO_BLOCK` when not even the first block can be begun. */
  static async open(options: CampaignOptions): Promise<Campaign> {
    const { target } = options
    const chain = FastChain.open(target)
    const comparisons = FastChain.open(target, { records: 'comparisons' })
    const first = await chain.openBlock(target.head)
    if (first.kind === 'stop') throw noBlock(first)
    const campaign = new Campaign({ chain, first: first.block, comparisons, options })
    for (const steps of options.corpus ?? []) await campaign.#replayCorpus(steps)
    return campaign
  }

  get stats(): CampaignStats {
    return {
      executions: this.chain.executions,
      cases: this.#cases,
      edges: this.#edges.count,
      states: this.#snapshots.size,
      depth: this.#snapshots.depth,
      findings: this.faults.size,
      succeeded: this.#succeeded,
      applied: this.#applied,
    }
  }

  /** Sequences that led to states kept since the last time: the corpus grows by them. */
  takeKept(): readonly (readonly Step[])[] {
    return this.#kept.splice(0).map(stepsTo)
  }

  /** One case: a state, a few calls, the end of the block, and often the next one. */
  async runCase(): Promise<void> {
    this.#cases++
    const base = this.#snapshots.choose(this.#rng)
    base.picks++
    const run = new CaseRun(this.chain, base.block, this.#options.oracles)
    const generator: Generator = { types: this.#codec.metadata.types, pools: this.#pools, rng: this.#rng }
    const swarm = [this.#bandit.choose(this.#rng), this.#bandit.choose(this.#rng)]
    const steps: Step[] = []
    const used = new Set<number>()
    let goesOn = true
    for (let left = 1 + this.#rng.int(MAX_CALLS); left > 0 && goesOn; left--) {
      const arm = pick(this.#rng, swarm)
      const input = { generator, codec: this.#codec, state: run.overlay }
      const step = this.#strategies[arm]?.next(input) ?? null
      if (step === null) continue
      used.add(arm)
      steps.push(step)
      this.#applied++
      goesOn = run.call(step)
    }
    this.#succeeded += run.successes.length
    const isKept = goesOn ? await this.#endCase(base, run, steps) : this.#isNewCode()
    for (const arm of used) this.#bandit.reward(arm, isKept)
    this.#report(base, run, steps)
  }

  /** Ends the block; keeps the state that comes after when something about it is new. */
  async #endCase(base: Snapshot, run: CaseRun, steps: Step[]): Promise<boolean> {
    const { guidance = 'states' } = this.#options
    const changes = run.overlay.changes()
    const replaced = changes.has(CODE_KEY)
    const features = guidance === 'states' ? [...this.#features.of(changes, run.overlay)] : []
    const newFeatures = features.filter((feature) => this.#snapshots.isNew(feature))
    const isJump = chance(this.#rng, 20)
    const count = isJump ? this.#distance(run.block) : 1
    const before = run.block
    steps.push({ kind: 'blocks', count })
    const goesOn = await run.advance(count)
    const isNew = this.#isNewCode() || newFeatures.length > 0
    if (isNew) this.#learn(base, run, steps)
    const keeps = guidance !== 'none' && isNew && goesOn && !replaced && run.block !== before
    if (keeps && base.depth + steps.length <= MAX_DEPTH) {
      const depth = base.depth + steps.length
      const snapshot: Snapshot = { block: run.block, parent: base, steps, depth, features, picks: 0 }
      this.#snapshots.add(snapshot, guidance === 'states')
      this.#kept.push(snapshot)
    }
    return isNew
  }

  #learn(base: Snapshot, run: CaseRun, steps: readonly Step[]): void {
    for (const step of run.successes) {
      if (this.#keptCalls.length >= MAX_KEPT_CALLS) this.#keptCalls.shift()
      this.#keptCalls.push(step)
      if (step.origin.kind === 'root' || typeof step.args !== 'object' || step.args === null) continue
      for (const [name, value] of Object.entries(step.args)) rememberNamed(this.#pools, name, value)
    }
    if (chance(this.#rng, 25)) this.#comparisons.learn(base.block, steps)
  }

  /** To the block in which periodic work is due, or a few blocks on. */
  #distance(block: OpenBlock): number {
    const due = this.#options.profile.dueEpochs?.(this.#codec, block.state, block.number) ?? []
    if (due.length === 0 || chance(this.#rng, 20)) return pick(this.#rng, [1, 2, 5, 10, 50, 100])
    return Math.max(1, pick(this.#rng, due).block - block.number)
  }

  #isNewCode(): boolean {
    return this.#edges.take() > 0
  }

  #report(base: Snapshot, run: CaseRun, steps: readonly Step[]): void {
    for (const suspicion of run.suspicions) {
      if (this.faults.has(suspicion.key)) continue
      const all = [...stepsTo(base), ...steps]
      this.faults.set(suspicion.key, { suspicion, steps: all, executions: this.chain.executions })
    }
  }

  async #replayCorpus(steps: readonly Step[]): Promise<void> {
    const run = new CaseRun(this.chain, this.first, this.#options.oracles)
    const base = this.#snapshots.root
    for (const [i, step] of steps.entries()) {
      const changes = step.kind === 'blocks' ? run.overlay.changes() : null
      const features = changes === null ? [] : [...this.#features.of(changes, run.overlay)]
      const goesOn = await run.step(step)
      if (!goesOn) break
      if (changes === null || (!this.#isNewCode() && !features.some((one) => this.#snapshots.isNew(one))))
        continue
      const taken = steps.slice(0, i + 1)
      const snapshot = {
        block: run.block,
        parent: base,
        steps: taken,
        depth: taken.length,
        features,
        picks: 0,
      }
      this.#snapshots.add(snapshot, true)
      this.#keptCalls.push(...run.successes.splice(0))
    }
    this.#report(base, run, steps)
  }

  #createStrategies(): readonly Strategy[] {
    const mutate: Strategy = {
      name: 'mutate',
      next: ({ generator }) => {
        const [known, step] = this.#keptCall()
        if (known === undefined || step === undefined) return null
        return { ...step, args: mutateFields(generator, known.fields, step.args) }
      },
    }
    const repeat: Strategy = { name: 'repeat', next: () => this.#keptCall()[1] ?? null }
    const otherOrigin: Strategy = {
      name: 'otherOrigin',
      next: ({ generator }) => {
        const [known, step] = this.#keptCall()
        if (known === undefined || step === undefined) return null
        return { ...step, origin: anyCall(generator, known).origin }
      },
    }
    const pallets = [...new Set(this.#calls.map(({ pallet }) => pallet))]
    const perPallet = pallets.map((pallet) =>
      createAnyCall(
        `any ${pallet}`,
        this.#calls.filter((one) => one.pallet === pallet),
      ),
    )
    return [...subtensorStrategies(this.#codec), ...perPallet, mutate, repeat, otherOrigin]
  }

  #keptCall(): readonly [KnownCall | undefined, CallStep | undefined] {
    if (this.#keptCalls.length === 0) return [undefined, undefined]
    const step = pick(this.#rng, this.#keptCalls)
    return [this.#calls.find(({ pallet, call }) => pallet === step.pallet && call === step.call), step]
  }
}

function noBlock({ phase, outcome }: Stop): DrydockError {
  const message = `nothing can be fuzzed: ${phase} of the block after the fork's does not return: ${outcomeText(outcome)}`
  return new DrydockError(message, {
    code: 'FUZZ_NO_BLOCK',
    kind: 'usage',
    hints: ['Run drydock check first: it says why the block cannot be built.'],
    details: { phase },
  })
}

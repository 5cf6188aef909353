import type { ChainHead } from '../../harness/chain/block.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { RunContext } from '../check/runContext.ts'
import { controlBlocks, rehearsedBlocks } from '../rehearsal/rehearsal.ts'
import { settledChain } from '../storage/settledChain.ts'
import type { Invariant, Violation } from './invariant.ts'
import { createStateReader } from './stateReader.ts'

/** A point of the rehearsal at which an invariant is looked at. */
export interface Moment {
  /** As in a sentence: `after the migration block`. */
  readonly label: string
  readonly number: number
}

/** A violation that the candidate caused. */
export interface Blamed {
  readonly rule: 'broken' | 'worse'
  readonly violation: Violation
  readonly moment: Moment
  /** How far off it was before the upgrade; null when it held. */
  readonly before: bigint | null
}

/** A violation that is not. */
export interface Unblamed {
  readonly violation: Violation
  readonly since: 'before the upgrade' | 'without the upgrade too'
}

export interface InvariantResult {
  readonly blamed: readonly Blamed[]
  readonly unblamed: readonly Unblamed[]
  /** Points at which it was looked at, the one before the upgrade included. */
  readonly moments: number
  /** Entries that did not decode at the last of them. */
  readonly undecodable: number
}

interface MomentState extends Moment {
  readonly head: ChainHead
  readonly runtime: RuntimeContext
}

interface Look {
  readonly violations: ReadonlyMap<string, Violation>
  readonly undecodable: number
}

const NOTHING: Look = { violations: new Map(), undecodable: 0 }

/** Looks at one invariant at each moment, and tells what the candidate is to blame for. */
export class InvariantRun {
  readonly #invariant: Invariant
  readonly #context: RunContext
  readonly #control = new Map<number, Look>()
  readonly #blamed = new Map<string, Blamed>()
  readonly #unblamed = new Map<string, Unblamed>()

  constructor(invariant: Invariant, context: RunContext) {
    this.#invariant = invariant
    this.#context = context
  }

  /** Null when neither runtime has what it is about. */
  async run(): Promise<InvariantResult | null> {
    const { fork, current } = this.#context
    const before = await this.#look(current, fork.head)
    for (const [id, violation] of before?.violations ?? []) {
      this.#unblamed.set(id, { violation, since: 'before the upgrade' })
    }
    let looks = before === null ? 0 : 1
    let undecodable = before?.undecodable ?? 0
    for (const moment of await this.#moments()) {
      const look = await this.#look(moment.runtime, moment.head)
      if (look === null) continue
      looks++
      undecodable = look.undecodable
      await this.#judge(moment, look, before ?? NOTHING)
    }
    if (looks === 0) return null
    const [blamed, unblamed] = [[...this.#blamed.values()], [...this.#unblamed.values()]]
    return { blamed, unblamed, moments: looks, undecodable }
  }

  /** In order; a state that is there twice is looked at once. */
  async #moments(): Promise<readonly MomentState[]> {
    const blocks = await this.#context.get(rehearsedBlocks)
    const built = blocks.flatMap(({ result, runtime }) =>
      result.kind === 'built' ? [{ head: result.head, runtime }] : [],
    )
    const settled = await this.#context.get(settledChain)
    const [first] = built
    const last = built.at(-1)
    const all = [
      ...(first === undefined ? [] : [{ ...first, label: 'after the migration block' }]),
      ...(last === undefined ? [] : [{ ...last, label: 'after the last block of the rehearsal' }]),
      ...(settled === null ? [] : [{ ...settled, label: 'once the migrations are done' }]),
    ].map((moment) => ({ ...moment, number: moment.head.number }))
    return all
      .filter((one, index) => all.findIndex(({ number }) => number === one.number) === index)
      .sort((a, b) => a.number - b.number)
  }

  async #look(runtime: RuntimeContext, head: ChainHead): Promise<Look | null> {
    const { codec } = runtime
    if (!this.#invariant.applies(codec)) return null
    const { signal, progress } = this.#context
    progress(`invariants.${this.#invariant.id} at block ${head.number}`)
    const reader = createStateReader(codec, head.state, signal)
    const violations = new Map<string, Violation>()
    for await (const violation of this.#invariant.check(reader)) {
      violations.set(idOf(violation), violation)
    }
    return { violations, undecodable: reader.undecodable }
  }

  async #judge(moment: MomentState, look: Look, before: Look): Promise<void> {
    for (const [id, violation] of look.violations) {
      const known = before.violations.get(id)
      if (this.#blamed.has(id) || (known !== undefined && !isFurther(violation, known))) continue
      const control = (await this.#controlAt(moment.number)).violations.get(id)
      if (drifts(known, control)) {
        this.#unblamed.set(id, { violation, since: 'without the upgrade too' })
        continue
      }
      const { label, number } = moment
      this.#blamed.set(id, {
        rule: known === undefined ? 'broken' : 'worse',
        violation,
        moment: { label, number },
        before: known?.excess ?? null,
      })
    }
  }

  /** The same height without the upgrade, asked for only when something is off. */
  async #controlAt(number: number): Promise<Look> {
    const known = this.#control.get(number)
    if (known !== undefined) return known
    const { fork, signal } = this.#context
    const control = await this.#context.get(controlBlocks)
    const blocks = await control.first(number - fork.head.number, signal)
    const last = blocks.findLast(({ result }) => result.kind === 'built')
    const look = last?.result.kind === 'built' ? await this.#look(last.runtime, last.result.head) : null
    this.#control.set(number, look ?? NOTHING)
    return look ?? NOTHING
  }
}

function idOf({ subject, of }: Violation): string {
  return of === undefined ? subject : `${subject}\n${of}`
}

function isFurther({ excess = 0n }: Violation, { excess: before = 0n }: Violation): boolean {
  return size(excess) > size(before)
}

/** Whether it comes, goes or moves without the upgrade: then it is none of this chain's invariants. */
function drifts(before: Violation | undefined, control: Violation | undefined): boolean {
  if (before === undefined) return control !== undefined
  return control === undefined || control.excess !== before.excess
}

function size(excess: bigint): bigint {
  return excess < 0n ? -excess : excess
}

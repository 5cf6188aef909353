import {
  createNumericOps,
  type NumericName,
  type NumericOp,
  type Program,
  type Width,
} from '../decode/index.ts'
import { mergeMemory } from '../memory/index.ts'
import type { Alarm, AlarmKind, Site } from '../regions/index.ts'
import {
  commonFacts,
  createOperators,
  extendPath,
  type Facts,
  isTerm,
  type JoinOrigin,
  newestOfPath,
  type Operator,
  originOf,
  type PathCondition,
  Refiner,
  TermBuilder,
  type Value,
} from '../terms/index.ts'
import { forkState, type State } from './state.ts'
import { WalkStop } from './walkStop.ts'

export interface WalkOptions {
  /** Terms keep all operands and paths their conditions, for a solver. */
  readonly isExact: boolean
  /** Instructions that are walked at most, over all paths. */
  readonly maxSteps: number
  /** Calls inside one another at most. */
  readonly maxDepth: number
  /** Pages of 64 KiB that memory may have. */
  readonly maxPages: number
  /** Cells that an unknown address may mean in exact mode. */
  readonly maxCells: number
  /** Iterations of a loop whose end depends on values, in exact mode. */
  readonly maxUnrolled: number
  readonly signal: AbortSignal | null
  /** When to give up, as `Date.now()` counts; infinity for never. */
  readonly deadlineMs: number
  /** Makes what values are made by; tests put faults there. */
  readonly createParts?: CreateParts
}

export type CreateParts = (
  operators: ReadonlyMap<number, Operator>,
  ops: ReadonlyMap<number, NumericOp>,
  isExact: boolean,
) => { readonly refiner: Refiner; readonly builder: TermBuilder }

const createParts: CreateParts = (operators, ops, isExact) => {
  const refiner = new Refiner(ops)
  return { refiner, builder: new TermBuilder(operators, refiner, isExact) }
}

/** How many instructions pass between two looks at the clock. */
const LOOK_STEPS = 1 << 20
/** Conditions of a path that are kept without a solver. */
const MAX_CONDITIONS = 64

/** What all functions of one walk share: how values are made, what was counted, and what could not be excluded. */
export class Walker {
  readonly program: Program
  readonly options: WalkOptions
  readonly builder: TermBuilder
  readonly refiner: Refiner
  readonly alarms = new Map<string, Alarm>()
  readonly callStack: { readonly name: string; readonly callOffset: number | null }[] = []
  steps = 0
  /** Branches of which both sides were walked. */
  forks = 0
  peakPages = 0
  /** The most pages that memory.grow was asked for and refused; 0 for never. */
  refusedPages = 0
  #nextLook: number

  constructor(program: Program, options: WalkOptions) {
    this.program = program
    this.options = options
    const ops = createNumericOps()
    const operators = createOperators(ops)
    const create = options.createParts ?? createParts
    this.#nextLook = Math.min(LOOK_STEPS, options.maxSteps + 1)
    const { refiner, builder } = create(operators, ops, options.isExact)
    this.refiner = refiner
    this.builder = builder
  }

  operator(name: NumericName, width: Width): Operator {
    return this.builder.operator(name, width)
  }

  /** Counts instructions, of a path and of the walk. */
  charge(state: State, instructions: number): void {
    state.cost += instructions
    this.steps += instructions
    if (this.steps < this.#nextLook) return
    this.#look()
    this.#nextLook = Math.min(this.steps + LOOK_STEPS, this.options.maxSteps + 1)
  }

  #look(): void {
    const { maxSteps, signal, deadlineMs } = this.options
    if (signal?.aborted === true) throw new WalkStop('interrupted', 'interrupted')
    if (Date.now() > deadlineMs) throw new WalkStop('time', 'the time limit is reached')
    if (this.steps > maxSteps) throw new WalkStop('steps', `the limit of ${maxSteps} steps is reached`)
  }

  /** Whether a condition holds: true, false, or null when both can be. */
  decide(condition: Value, state: State): boolean | null {
    if (!isTerm(condition)) return Number(condition) !== 0
    const bounds = this.refiner.boundsOf(condition, state.facts)
    if (bounds.low > 0) return true
    return bounds.high === 0 ? false : null
  }

  /** The state where the condition is known to be true, or false; null when bounds exclude it. Changes `state`. */
  assume(state: State, condition: Value, isTrue: boolean): State | null {
    const facts = this.refiner.assume(condition, isTrue, state.facts)
    if (facts === 'impossible') return null
    state.facts = facts
    if (isTerm(condition)) state.path = this.#extend(state.path, condition, isTrue)
    return state
  }

  /** Without a solver the oldest conditions may be forgotten, which loses precision only. */
  #extend(path: PathCondition, condition: Value, isTrue: boolean): PathCondition {
    const isLong = !this.options.isExact && path !== null && path.depth >= MAX_CONDITIONS
    return extendPath(isLong ? newestOfPath(path, MAX_CONDITIONS / 2) : path, condition, isTrue)
  }

  fork(state: State): State {
    this.forks++
    return forkState(state)
  }

  alarm(
    site: Site,
    kind: AlarmKind,
    state: State,
    about: { readonly condition: Value; readonly isCertain: boolean; readonly detail?: string },
  ): void {
    const key = `${kind}/${site.functionIndex}/${site.offset}`
    const alarm = this.alarms.get(key) ?? this.#newAlarm(site, kind, about)
    this.alarms.set(key, alarm)
    alarm.count++
    if (!this.options.isExact) return
    alarm.occurrences.push({ path: state.path, condition: about.condition, facts: state.facts })
  }

  #newAlarm(
    site: Site,
    kind: AlarmKind,
    { isCertain, detail }: { readonly isCertain: boolean; readonly detail?: string },
  ): Alarm {
    const callChain = this.callStack.map(({ name, callOffset }, i) => {
      const next = this.callStack[i + 1]?.callOffset ?? null
      return callOffset === null && next === null ? name : next === null ? name : `${name}@${next}`
    })
    return { kind, site, callChain, isCertain, detail: detail ?? null, occurrences: [], count: 0 }
  }

  /** The joined state of two paths that end at the same label; the window says which registers are in use there. */
  join(a: State | null, b: State | null, window: Window): State | null {
    if (a === null) return b
    if (b === null) return a
    const { facts: factsA } = a
    const { facts: factsB } = b
    const origin = originOf(a.path, b.path)
    const { path, condition } = this.options.isExact
      ? joinPaths(this.builder, this.operator('and', 32), origin)
      : { path: origin.shared, condition: 1 }
    const choose = (width: Width, x: Value, y: Value): Value => {
      return x === y ? x : this.builder.choose({ condition, origin }, [x, factsA], [y, factsB], width)
    }
    joinRegisters(a.registers, b.registers, window, choose)
    for (let i = 0; i < a.globals.length; i++) {
      const width = this.program.globals[i]?.width ?? 32
      a.globals[i] = choose(width, a.globals[i] ?? 0, b.globals[i] ?? 0)
    }
    mergeMemory(a.memory, b.memory, this.builder, choose)
    a.cost = Math.max(a.cost, b.cost)
    if (a.pages !== b.pages) this.#joinPages(a, b)
    a.facts = commonFacts(factsA, factsB)
    a.path = path
    return a
  }

  /** Memory of different size: nothing after this could be said of memory.size, so that it is never proved. */
  #joinPages(a: State, b: State): void {
    const site = { functionIndex: -1, functionName: 'memory.grow', offset: 0, kinds: [], isReached: true }
    this.alarm(site, 'memory grows by a value', a, { condition: 1, isCertain: false })
    if (b.pages >= a.pages) return
    a.pages = b.pages
    a.regions = b.regions
  }
}

/** Registers in use at a label: the first `locals`, and from `stackFrom` those of `stackWidths`. */
export interface Window {
  readonly localWidths: readonly Width[]
  readonly stackFrom: number
  readonly stackWidths: readonly Width[]
}

type Choose = (width: Width, a: Value, b: Value) => Value

function joinRegisters(a: Value[], b: Value[], window: Window, choose: Choose): void {
  const { localWidths, stackFrom, stackWidths } = window
  for (let i = 0; i < localWidths.length; i++) {
    const x = a[i] ?? 0
    const y = b[i] ?? 0
    if (x !== y) a[i] = choose(localWidths[i] ?? 32, x, y)
  }
  for (let i = 0; i < stackWidths.length; i++) {
    const x = a[stackFrom + i] ?? 0
    const y = b[stackFrom + i] ?? 0
    if (x !== y) a[stackFrom + i] = choose(stackWidths[i] ?? 32, x, y)
  }
}

/** The path of two joined ones, and the condition that tells the first from the second. */
function joinPaths(
  builder: TermBuilder,
  and: Operator,
  { pathA: a, pathB: b, shared }: JoinOrigin,
): { readonly path: PathCondition; readonly condition: Value } {
  const condition = conditionSince(builder, and, a, shared)
  const other = conditionSince(builder, and, b, shared)
  const either = builder.apply(builder.operator('or', 32), condition, other, NO_FACTS)
  const isComplete = areOpposite(a, b, shared)
  return { path: isComplete ? shared : extendPath(shared, either, true), condition }
}

const NO_FACTS: Facts = null

/** Whether the paths are the two sides of one branch and nothing else. */
function areOpposite(a: PathCondition, b: PathCondition, shared: PathCondition): boolean {
  return (
    a !== null &&
    b !== null &&
    a.previous === shared &&
    b.previous === shared &&
    a.condition === b.condition &&
    a.isTrue !== b.isTrue
  )
}

/** All conditions of a path since `shared`, as one value that is 1 or 0. */
function conditionSince(
  builder: TermBuilder,
  and: Operator,
  path: PathCondition,
  shared: PathCondition,
): Value {
  let result: Value = 1
  for (let step = path; step !== shared && step !== null; step = step.previous) {
    const isZero = builder.apply(builder.operator('eqz', 32), step.condition, 0, NO_FACTS)
    const bit = step.isTrue ? builder.apply(builder.operator('eqz', 32), isZero, 0, NO_FACTS) : isZero
    result = result === 1 ? bit : builder.apply(and, bit, result, NO_FACTS)
  }
  return result
}

import { createHash } from 'node:crypto'
import { createNumericOps, type Program } from '../decode/index.ts'
import type { Alarm } from '../regions/index.ts'
import { describeShape, type ShapeWalk, walkShape } from '../shapes/index.ts'
import { type Encoding, type Solver, withCommands, writeSmt } from '../solver/index.ts'
import { createOperators, type PathCondition, Refiner, TermBuilder, type Value } from '../terms/index.ts'
import type { WalkOptions } from '../walk/index.ts'
import { modelToInput } from './modelToInput.ts'
import type { BrokenInput, SolvedQuery } from './proofResult.ts'
import { Replayer } from './replayInput.ts'

export interface AlarmSolverOptions {
  readonly solver: Solver
  readonly walk: Partial<WalkOptions>
}

/** Asks a solver about the alarms that bounds leave open, one query a site and encoding. */
export interface AlarmSolver {
  /** The alarms of a walk that stay open. */
  close(walk: ShapeWalk): Promise<readonly Alarm[]>
  readonly queries: readonly SolvedQuery[]
  readonly broken: readonly BrokenInput[]
}

/** Exact walks grow with the number of paths through memory: past this size they are not tried. */
const MAX_NEURONS = 4
const QUERY_TIMEOUT_MS = 10_000
/** All queries together: a family of 700 shapes must not ask for hours. */
const ALL_QUERIES_MS = 60_000
const EXACT_STEPS = 5_000_000
const MAX_TEXT_BYTES = 4 << 20
/** Nothing that a solver could be asked about an exact walk that stopped. */
const NOT_ASKED: ReadonlySet<string> = new Set([
  'loop without bound',
  'endless loop',
  'calls too deep',
  'memory grows by a value',
  'wrong indirect call',
])

export function createAlarmSolver(
  wasm: Uint8Array,
  program: Program,
  options: AlarmSolverOptions,
): AlarmSolver {
  return new AlarmQueries(wasm, program, options)
}

class AlarmQueries implements AlarmSolver {
  readonly queries: SolvedQuery[] = []
  readonly broken: BrokenInput[] = []
  readonly #program: Program
  readonly #options: AlarmSolverOptions
  readonly #replayer: Replayer
  /** Sites that an input breaks: nothing is asked about them again. */
  readonly #brokenSites = new Set<string>()
  #leftMs = ALL_QUERIES_MS

  constructor(wasm: Uint8Array, program: Program, options: AlarmSolverOptions) {
    this.#program = program
    this.#options = options
    this.#replayer = new Replayer(wasm, options.walk.maxPages ?? 1024)
  }

  async close(walk: ShapeWalk): Promise<readonly Alarm[]> {
    const isHopeless = walk.alarms.some(({ kind }) => NOT_ASKED.has(kind))
    const isKnown = walk.alarms.every((alarm) => this.#brokenSites.has(siteOf(alarm)))
    if (walk.shape.n > MAX_NEURONS || isHopeless || isKnown || this.#leftMs <= 0) return walk.alarms
    const started = Date.now()
    const exact = walkShape(this.#program, walk.shape, {
      ...this.#options.walk,
      isExact: true,
      maxSteps: EXACT_STEPS,
      deadlineMs: Math.min(
        this.#options.walk.deadlineMs ?? Number.POSITIVE_INFINITY,
        started + QUERY_TIMEOUT_MS,
      ),
    })
    const open: Alarm[] = []
    if (exact.stop === null && exact.failure === null) {
      for (const alarm of exact.alarms) {
        if (NOT_ASKED.has(alarm.kind) || !(await this.#isClosed(alarm, exact))) open.push(alarm)
      }
    }
    this.#leftMs -= Date.now() - started
    // An exact walk that was stopped says nothing about the rest.
    return exact.stop === null && exact.failure === null ? open : walk.alarms
  }

  async #isClosed(alarm: Alarm, walk: ShapeWalk): Promise<boolean> {
    for (const encoding of ['free', 'exact'] as const) {
      const verdict = await this.#ask(alarm, walk, encoding)
      if (verdict === 'unsat') return true
      if (verdict === 'broken') return false
    }
    return false
  }

  async #ask(alarm: Alarm, walk: ShapeWalk, encoding: Encoding): Promise<'unsat' | 'broken' | 'open'> {
    const ops = createNumericOps()
    const { text, assertions, names } = writeSmt(goalsOf(alarm), ops, encoding)
    if (text.length > MAX_TEXT_BYTES || this.#leftMs <= 0) return 'open'
    const { solver, walk: limits } = this.#options
    const wanted = walk.unknowns.flatMap(({ term }) => names.get(term) ?? [])
    const answer = await solver.check({
      text,
      assertions,
      names: wanted,
      timeoutMs: Math.min(QUERY_TIMEOUT_MS, this.#leftMs),
      signal: limits.signal ?? null,
    })
    if (answer.kind === 'unsat') {
      const smt2 = withCommands(text, [])
      const { functionName, offset } = alarm.site
      this.queries.push({
        functionName,
        offset,
        kind: alarm.kind,
        shape: describeShape(walk.shape),
        encoding,
        solver: solver.name,
        smt2,
        sha256: createHash('sha256').update(smt2).digest('hex'),
      })
      return 'unsat'
    }
    if (answer.kind === 'unknown') return 'open'
    const input = modelToInput(walk.shape, walk.unknowns, { names, model: answer.model })
    const broken = this.#replayer.replay(input, walk.shape)
    if (broken === null) return 'open'
    this.#brokenSites.add(siteOf(alarm))
    this.broken.push(broken)
    return 'broken'
  }
}

function siteOf({ site, kind }: Alarm): string {
  return `${kind} ${site.functionIndex} ${site.offset}`
}

/** For each way to the alarm: that its path is taken and its condition holds. */
function goalsOf(alarm: Alarm): readonly Value[] {
  const ops = createNumericOps()
  const operators = createOperators(ops)
  const builder = new TermBuilder(operators, new Refiner(ops), true)
  return alarm.occurrences.map(({ path, condition }) => {
    let goal: Value = bit(builder, condition, true)
    for (let step: PathCondition = path; step !== null; step = step.previous) {
      const holds = bit(builder, step.condition, step.isTrue)
      goal = builder.apply(builder.operator('and', 32), goal, holds, null)
    }
    return goal
  })
}

/** 1 when the condition is not zero, or is zero; else 0. */
function bit(builder: TermBuilder, condition: Value, isTrue: boolean): Value {
  const eqz = builder.operator('eqz', 32)
  const isZero = builder.apply(eqz, condition, 0, null)
  return isTrue ? builder.apply(eqz, isZero, 0, null) : isZero
}

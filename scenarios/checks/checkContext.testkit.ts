import { buildGenesis } from '../../harness/chain/build/genesisBuilder.ts'
import { Fork } from '../../harness/chain/fork.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Finding } from '../../reports/model/finding.ts'
import { profileOf } from '../chains/index.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { DEFAULT_LIMITS, type Limits } from '../check/limits.ts'
import { answerOf } from '../check/runChecks.ts'
import type { RunInputs, Step } from '../check/runContext.ts'
import { SharedSteps } from '../check/sharedSteps.ts'
import type { StepValue } from '../check/step.ts'
import { type DemoOptions, demoRuntime, openDemoChain } from '../demo/chain/index.ts'
import { candidateBlocks, controlBlocks, upgradeStep } from '../rehearsal/rehearsal.ts'

/** The miniature runtime: `v1`, `v2`, or v2 with a fault, by its name in `faults.json`. */
export function miniature(name: string): RuntimeBlob {
  return parseRuntimeBlob(demoRuntime(name))
}

export interface TestContextOptions {
  readonly candidate?: RuntimeBlob
  readonly blockCount?: number
  readonly limits?: Partial<Limits>
  readonly proposal?: CheckContext['proposal']
  /** Default: one in this thread. */
  readonly executor?: Executor
  /** Done to the chain before the checks. */
  prepare?(fork: Fork): Promise<void>
}

/** The miniature's development chain at genesis under v1, and a candidate; v2 by default. For tests of checks. */
export async function checkTestContext(options: TestContextOptions = {}): Promise<CheckContext> {
  const executor = options.executor ?? testExecutor()
  const runtime = { executor, blob: miniature('v1'), callOptions: {} }
  const genesis = await buildGenesis(runtime, { preset: 'development' })
  if (genesis.kind === 'failed') throw new Error(genesis.message)
  return contextOn(await Fork.open({ store: genesis.value, executor }), options)
}

/** The demo chain under v1, and a candidate; v2 by default. */
export async function demoTestContext(
  demo: DemoOptions,
  options: TestContextOptions = {},
): Promise<CheckContext> {
  const { store } = await openDemoChain(demo)
  return contextOn(await Fork.open({ store, executor: testExecutor() }), options)
}

/** A context over a chain of the caller's. */
export async function contextOn(fork: Fork, options: TestContextOptions = {}): Promise<CheckContext> {
  await options.prepare?.(fork)
  const current = await fork.context()
  const profile = profileOf(current.version.specName)
  return contextWith({
    fork,
    current,
    candidate: options.candidate ?? miniature('v2'),
    blockCount: options.blockCount ?? 3,
    profile,
    limits: { ...DEFAULT_LIMITS, ...profile.limits, ...options.limits },
    proposal: options.proposal ?? null,
    secondOpinion: null,
    progress: () => {},
  })
}

function contextWith(inputs: RunInputs, values: readonly StepValue<unknown>[] = []): CheckContext {
  const { signal } = new AbortController()
  const steps = new SharedSteps(inputs, { signal, given: values })
  return {
    ...inputs,
    signal,
    get: (step) => steps.get(step),
    reproduce: (checkId) => `drydock check --only ${checkId}`,
  }
}

/** What the check found once its needs were there. Throws when it did not run. */
export async function findingsOf(check: Check, context: CheckContext): Promise<readonly Finding[]> {
  return (await ranAnswer(check, context)).findings
}

/** The answer of a check that has to have run. */
export async function ranAnswer(
  check: Check,
  context: CheckContext,
): Promise<Extract<CheckAnswer, { kind: 'ran' }>> {
  const answer = await answerOf(check, context)
  if (answer.kind !== 'ran') throw new Error(`${check.id} is ${answer.kind}: ${answer.reason}`)
  return answer
}

/** The value of a step that came out differently. */
export function given<T>(step: Step<T>, value: T | Promise<T>): StepValue<T> {
  return { step, value: Promise.resolve(value) }
}

/** The context with other values of some steps, and of what is made from them. */
export function withSteps(context: CheckContext, ...values: readonly StepValue<unknown>[]): CheckContext {
  const isGiven = (step: Step<unknown>) => values.some((value) => value.step === step)
  const kept = isGiven(upgradeStep)
    ? []
    : [keep(context, upgradeStep), keep(context, candidateBlocks), keep(context, controlBlocks)]
  return contextWith(context, [...values, ...kept.filter(({ step }) => !isGiven(step))])
}

function keep<T>(context: CheckContext, step: Step<T>): StepValue<T> {
  return { step, value: context.get(step) }
}

function testExecutor(): Executor {
  return new V8Executor({ clock: { nowMs: () => performance.now() } })
}

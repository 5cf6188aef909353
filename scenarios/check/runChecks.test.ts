import { beforeAll, describe, expect, it } from 'vitest'
import { DrydockError } from '../../harness/base/errors.ts'
import { checkTestContext } from '../checks/checkContext.testkit.ts'
import type { Check, CheckAnswer, CheckContext } from './check.ts'
import { defineCheck } from './defineCheck.ts'
import { type RunChecksOptions, runChecks } from './runChecks.ts'
import type { Step } from './runContext.ts'
import { raceSignal, SharedSteps, type SharedStepsOptions } from './sharedSteps.ts'
import { defineNeed, defineStep } from './step.ts'

let inputs: CheckContext
beforeAll(async () => {
  inputs = await checkTestContext()
})

const RAN: CheckAnswer = { kind: 'ran', findings: [] }

/** A check that waits for a step and then passes. */
function checkOn(id: string, step: Step<unknown>): Check {
  return defineCheck({
    id,
    title: id,
    why: '',
    rules: [],
    run: async (context) => context.get(step).then(() => RAN),
  })
}

interface RunOptions extends Partial<RunChecksOptions>, Partial<SharedStepsOptions> {}

async function run(checks: readonly Check[], options: RunOptions = {}) {
  const steps = new SharedSteps(inputs, { signal: new AbortController().signal, ...options })
  try {
    return await runChecks(checks, steps, {
      clock: { nowMs: () => performance.now() },
      deadlineMs: () => 60_000,
      reproduce: (id) => id,
      ...options,
    })
  } finally {
    await steps.close()
  }
}

async function outcomes(checks: readonly Check[], options: RunOptions = {}) {
  const results = await run(checks, options)
  return results.map(({ id, status, reason }) => [id, status, reason ?? null])
}

/** A step that ends when the test says so. */
function slowStep() {
  let finish = () => {}
  let made = 0
  const ended = new Promise<void>((resolve) => {
    finish = resolve
  })
  const step = defineStep('slow', async () => {
    made++
    await ended
    return 'value'
  })
  return { step, finish, made: () => made }
}

describe('deadlines', () => {
  it('leave the other checks on one slow step their results', async () => {
    const slow = slowStep()
    const first = checkOn('first', slow.step)
    const second = checkOn('second', slow.step)
    const onResult = ({ id }: { readonly id: string }) => {
      if (id === 'first') slow.finish()
    }
    const deadlineMs = (id: string) => (id === 'first' ? 1 : 60_000)
    expect(await outcomes([first, second], { deadlineMs, onResult })).toEqual([
      ['first', 'inconclusive', 'it did not finish within 0.001 s'],
      ['second', 'passed', null],
    ])
    expect(slow.made()).toBe(1)
  })

  it('leave a step that nobody waits for to the end of the run, which stops it', async () => {
    let stopped = false
    const step = defineStep('endless', ({ signal }) => {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true
          reject(signal.reason)
        })
      })
    })
    expect(await outcomes([checkOn('only', step)], { deadlineMs: () => 1 })).toEqual([
      ['only', 'inconclusive', 'it did not finish within 0.001 s'],
    ])
    expect(stopped).toBe(true)
  })

  it('reach the signal of the check, and never that of a step', async () => {
    const seen: boolean[] = []
    const step = defineStep('looks at its signal', async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      seen.push(signal.aborted)
      return null
    })
    const late = checkOn('late', step)
    const patient = checkOn('patient', step)
    await run([late, patient], { deadlineMs: (id) => (id === 'late' ? 1 : 60_000) })
    expect(seen).toEqual([false])
  })
})

describe('failures', () => {
  const broken = defineStep('broken', () => Promise.reject(new TypeError('no such field')))

  it('of a step give each check that waits for it the reason, and end nothing', async () => {
    const errors: string[] = []
    const healthy = defineStep('healthy', async () => 1)
    const checks = [checkOn('one', broken), checkOn('two', broken), checkOn('three', healthy)]
    expect(await outcomes(checks, { onError: (id, error) => errors.push(`${id}: ${error}`) })).toEqual([
      ['one', 'inconclusive', 'no such field'],
      ['two', 'inconclusive', 'no such field'],
      ['three', 'passed', null],
    ])
    expect(errors).toEqual(['one: TypeError: no such field', 'two: TypeError: no such field'])
  })

  it('of a step that throws at once are failures like others', async () => {
    const step = defineStep('throws', () => {
      throw new Error('at once')
    })
    expect(await outcomes([checkOn('one', step)])).toEqual([['one', 'inconclusive', 'at once']])
  })

  it('of the environment end the run, for they leave no check a result', async () => {
    const gone = new DrydockError('the disk is full', { code: 'DISK_FULL', kind: 'environment' })
    const step = defineStep('disk', () => Promise.reject(gone))
    const waits = defineStep('waits', ({ signal }) => raceSignal(new Promise(() => {}), signal))
    await expect(run([checkOn('one', step), checkOn('two', waits)])).rejects.toBe(gone)
  })

  it('of the user, who stops the run, are thrown as they are', async () => {
    const user = new AbortController()
    const waits = defineStep('waits', ({ signal }) => raceSignal(new Promise(() => {}), signal))
    const running = run([checkOn('one', waits)], { signal: user.signal })
    user.abort('SIGINT')
    await expect(running).rejects.toBe('SIGINT')
  })
})

describe('needs', () => {
  const needy = (kind: 'there' | 'missing') => {
    const needs = defineNeed<number>('a number', async () =>
      kind === 'there' ? { kind, value: 7 } : { kind, reason: 'there is no number' },
    )
    return defineCheck({
      id: 'needy',
      title: '',
      why: '',
      rules: [],
      needs,
      run: async (_context, value) => ({ ...RAN, measures: { value } }),
    })
  }

  it('are handed to the check', async () => {
    const results = await run([needy('there')])
    expect(results).toMatchObject([{ status: 'passed', measures: { value: 7 } }])
  })

  it('that are missing leave the check without a result', async () => {
    expect(await outcomes([needy('missing')])).toEqual([['needy', 'inconclusive', 'there is no number']])
  })
})

describe('given steps', () => {
  it('are not made', async () => {
    const slow = slowStep()
    const given = [{ step: slow.step, value: Promise.resolve('given') }]
    expect(await outcomes([checkOn('one', slow.step)], { given })).toEqual([['one', 'passed', null]])
    expect(slow.made()).toBe(0)
  })
})

import { outcomeText } from '../../harness/chain/outcomeText.ts'
import { hasEntryPoint } from '../../harness/chain/runtimeQuery.ts'
import type { Outcome } from '../../harness/runtime/executor.ts'
import type { Facts, Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { outcomeEvidence, outcomeFacts, outcomeSubject } from '../check/outcomeEvidence.ts'

const ENTRY_POINT = 'TryRuntime_on_runtime_upgrade'
/** SCALE `UpgradeCheckSelect` (polkadot-sdk substrate/frame/support/src/traits/try_runtime). */
const SELECT = { none: 0, all: 1, preAndPost: 2, tryState: 3 } as const

export const upgradeTryRuntime: Check = defineCheck({
  id: 'upgrade.tryRuntime',
  title: "The runtime's own checks of its migrations pass",
  why: 'try-runtime-cli skips the hooks silently when multi-block migrations are on (#109): it passes without testing anything.',
  rules: [
    { id: 'upgradeHook', severity: 'error', says: 'A pre_upgrade or post_upgrade hook fails.' },
    { id: 'tryState', severity: 'error', says: 'A try_state hook fails after the migrations.' },
    {
      id: 'noHooks',
      severity: 'error',
      says: 'The run with checks does exactly what the run without them does: no hook ran.',
    },
  ],
  async run(context): Promise<CheckAnswer> {
    if (!hasEntryPoint(context.candidate, ENTRY_POINT)) {
      const reason = `the candidate does not export ${ENTRY_POINT}, as usual for production builds; no special build is needed`
      return { kind: 'notApplicable', reason }
    }
    const none = await runWith(context, 'none')
    if (none.kind !== 'ok') {
      const reason = `the migrations fail without checks too, see upgrade.apply: ${outcomeText(none)}`
      return { kind: 'inconclusive', reason }
    }
    const preAndPost = await runWith(context, 'preAndPost')
    const tryState = await runWith(context, 'tryState')
    const failures = [
      ...failed(context, { rule: 'upgradeHook', what: 'pre_upgrade and post_upgrade', outcome: preAndPost }),
      ...failed(context, { rule: 'tryState', what: 'try_state', outcome: tryState }),
    ]
    // What both runs do, such as decoding the whole state, fails both in the same way.
    const findings = failures.filter((one, index) => failures[0]?.subject !== one.subject || index === 0)
    if (findings.length > 0) return { kind: 'ran', findings }
    const all = await runWith(context, 'all')
    if (all.kind !== 'ok') {
      return {
        kind: 'ran',
        findings: failed(context, { rule: 'tryState', what: 'all checks together', outcome: all }),
      }
    }
    const hooks = { upgradeHooks: work(all, tryState), tryState: work(all, preAndPost) }
    const isEmpty = !hooks.upgradeHooks.isAny && !hooks.tryState.isAny
    return { kind: 'ran', findings: isEmpty ? [noHooks(context)] : [], measures: measures(hooks) }
  },
})

/** On the chain before the upgrade, whose runtime is the last that ran its migrations. */
function runWith({ fork, candidate }: CheckContext, select: keyof typeof SELECT): Promise<Outcome> {
  const { executor, callOptions } = fork.catalog
  return executor.call({
    blob: candidate,
    entryPoint: ENTRY_POINT,
    input: new Uint8Array([SELECT[select]]),
    state: fork.head.state,
    options: callOptions,
  })
}

interface Failure {
  readonly rule: string
  readonly what: string
  readonly outcome: Outcome
}

function failed(context: CheckContext, { rule, what, outcome }: Failure): Finding[] {
  if (outcome.kind === 'ok') return []
  const error = outcome.logs.findLast(({ level, target }) => level === 1 && target !== 'runtime')
  const said = error === undefined ? '' : ` (${error.message.trim()})`
  return [
    createFinding(upgradeTryRuntime, context, {
      rule,
      subject: error?.message.trim() ?? outcomeSubject(outcome),
      title: `${what} of the candidate fail on the chain's state: ${outcomeText(outcome)}${said}`,
      facts: outcomeFacts(outcome),
      evidence: outcomeEvidence(outcome),
    }),
  ]
}

interface HookWork {
  readonly reads: number
  readonly isAny: boolean
}

/**
 * What the hooks did that `all` runs and `without` leaves out, by counters that are the same in each run. Comparing with the run
 * without checks would not do: any check also decodes the whole state.
 */
function work(all: Outcome, without: Outcome): HookWork {
  const reads = all.cost.reads - without.cost.reads
  const nextKeys = all.cost.nextKeys - without.cost.nextKeys
  const allocations = all.cost.allocations - without.cost.allocations
  const logs = all.logs.length - without.logs.length
  return { reads: reads + nextKeys, isAny: [reads, nextKeys, allocations, logs].some((count) => count !== 0) }
}

function noHooks(context: CheckContext): Finding {
  return createFinding(upgradeTryRuntime, context, {
    rule: 'noHooks',
    subject: ENTRY_POINT,
    title: `${ENTRY_POINT} ran no pre_upgrade, post_upgrade or try_state hook: with all checks it does what it does with none, so it tests nothing`,
    facts: { entryPoint: ENTRY_POINT },
  })
}

function measures(hooks: { readonly upgradeHooks: HookWork; readonly tryState: HookWork }): Facts {
  return {
    upgradeHooksRan: hooks.upgradeHooks.isAny,
    upgradeHookReads: hooks.upgradeHooks.reads,
    tryStateRan: hooks.tryState.isAny,
    tryStateReads: hooks.tryState.reads,
  }
}

import type { ChainEvent } from '../../../harness/codec/index.ts'
import type { Difference } from '../difference.ts'
import type { ItemPairs } from '../state/itemPairs.ts'
import { shortValue } from '../state/shortValue.ts'
import { callName, caseText } from './callCase.ts'
import type { CaseKind, ComparedCall, ComparedCase } from './compareCalls.ts'

const SAMPLES = 3

/** What calls do differently under the candidate, a difference for each call and kind; fees and weights are one each for all. */
export function callDifferences(calls: readonly ComparedCall[], pairs: ItemPairs): readonly Difference[] {
  const ownFees = feeItems(calls, pairs)
  const common = commonEffects(calls)
  return [
    ...refusedPallets(calls),
    ...allowedCalls(calls),
    ...calls.flatMap((call) => [...trapped(call), ...otherEffects(call, { pairs, ownFees, common })]),
    ...oneForMany(calls.flatMap((call) => refused(call, calls))),
    ...oneForMany(calls.flatMap(otherErrors)),
    ...oneForMany(calls.flatMap((call) => otherEvents(call, pairs))),
    ...(common.size === 0 ? [] : [everyCallLeaves(common)]),
    ...fees(calls),
    ...weights(calls),
  ]
}

const FORBIDDEN: Readonly<Record<CaseKind, string>> = {
  asFound: 'as the runtime on chain refuses it',
  stranger: 'by an account that may not make it',
  penniless: 'by an account without money',
  unsigned: 'without a signature',
  replayed: 'with a nonce that is not the next',
  badSignature: 'with a wrong signature',
}

function trapped(call: ComparedCall): Difference[] {
  const cases = call.cases.filter(
    ({ control, candidate }) => candidate.kind === 'trapped' && control.kind !== 'trapped',
  )
  const [first] = cases
  if (first === undefined) return []
  return [
    {
      kind: 'trapped',
      area: 'behavior',
      subject: callName(call),
      title: `${callName(call)} traps: ${first.candidate.error}; under the runtime on chain it ${endText(first)}`,
      facts: { cases: cases.length, of: call.cases.length, error: first.candidate.error },
      evidence: cases.slice(0, SAMPLES).map(({ one }) => caseText(one)),
    },
  ]
}

/** Module errors of somebody who may make the call are limits, and a limit may be raised; all else is permission. */
function isPermission({ kind, control }: ComparedCase): boolean {
  return (
    kind !== 'asFound' ||
    control.kind === 'invalid' ||
    !/^[A-Z]\w*\.[A-Z]\w*( |$)/.test(control.error) ||
    /^(Token|Arithmetic)\./.test(control.error)
  )
}

interface AllowedCase {
  readonly name: string
  readonly compared: ComparedCase
}

/** From so many calls on, what lets them through is not of any one of them. */
const MANY_CALLS = 5

/** Calls that were refused and succeed, a difference for each call; one for all when the same gate is open for many. */
function allowedCalls(calls: readonly ComparedCall[]): Difference[] {
  const cases = calls.flatMap((call) =>
    call.cases
      .filter(({ control, candidate }) => control.kind !== 'success' && candidate.kind === 'success')
      .map((compared) => ({ name: callName(call), compared })),
  )
  const byHow = groupBy(
    cases.filter(({ compared }) => isPermission(compared)),
    ({ compared }) => compared.kind,
  )
  const limits = cases.filter(({ compared }) => !isPermission(compared))
  return [
    ...byHow.flatMap((list) => {
      const byCall = groupBy(list, ({ name }) => name)
      return byCall.length < MANY_CALLS
        ? byCall.map((own) => allowedDifference(own, own[0]?.name ?? '', 'allowed'))
        : [allowedDifference(list, 'extrinsics', 'allowed')]
    }),
    ...groupBy(limits, ({ name }) => name).map((own) =>
      allowedDifference(own, own[0]?.name ?? '', 'changed'),
    ),
  ]
}

function allowedDifference(
  list: readonly AllowedCase[],
  subject: string,
  kind: 'allowed' | 'changed',
): Difference {
  const [first] = list
  const how = first?.compared.kind ?? 'asFound'
  const error = first?.compared.control.error ?? ''
  const calls = new Set(list.map(({ name }) => name)).size
  const what = subject === 'extrinsics' ? `${calls} calls` : subject
  return {
    kind,
    area: 'permissions',
    subject,
    title: `${what} ${FORBIDDEN[how]} now ${calls > 1 ? 'succeed; they were' : 'succeeds; it was'} refused with ${error}`,
    facts: { cases: list.length, calls, before: error, how },
    evidence: list
      .slice(0, SAMPLES)
      .map(({ compared }) => `${caseText(compared.one)}: ${compared.control.error} -> success`),
  }
}

function groupBy<T>(list: readonly T[], key: (one: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const name = key(one)
    const group = groups.get(name) ?? []
    group.push(one)
    groups.set(name, group)
  }
  return [...groups.values()]
}

function successesOf({ cases }: ComparedCall): readonly ComparedCase[] {
  return cases.filter(({ kind, control }) => kind === 'asFound' && control.kind === 'success')
}

function refusalsOf(call: ComparedCall): readonly ComparedCase[] {
  return successesOf(call).filter(
    ({ candidate }) => candidate.kind === 'refused' || candidate.kind === 'invalid',
  )
}

/** True when whatever succeeded of the call is refused. */
function isAllRefused(call: ComparedCall): boolean {
  const refusals = refusalsOf(call)
  return refusals.length > 0 && refusals.length === successesOf(call).length
}

/** Pallets of which no call is taken any more: one decision, one difference. */
function refusedPallets(calls: readonly ComparedCall[]): Difference[] {
  return palletsAllRefused(calls).map((pallet) => {
    const refused = calls.filter((call) => call.pallet === pallet && isAllRefused(call))
    const first = refused.flatMap(refusalsOf)[0]
    return {
      kind: 'lost',
      area: 'permissions',
      subject: pallet,
      title: `every call of ${pallet} is refused with ${first?.candidate.error ?? 'an error'}; under the runtime on chain ${refused.length} of them succeed`,
      facts: { calls: refused.length, error: first?.candidate.error ?? null },
      evidence: refused.map((call) => `${callName(call)}: ${refusalsOf(call)[0]?.candidate.error ?? ''}`),
    }
  })
}

function palletsAllRefused(calls: readonly ComparedCall[]): readonly string[] {
  return [...new Set(calls.map(({ pallet }) => pallet))].filter((pallet) => {
    const known = calls.filter((call) => call.pallet === pallet && successesOf(call).length > 0)
    return known.length > 1 && known.every(isAllRefused)
  })
}

function refused(call: ComparedCall, calls: readonly ComparedCall[]): Difference[] {
  const cases = refusalsOf(call)
  const [first] = cases
  if (first === undefined || palletsAllRefused(calls).includes(call.pallet)) return []
  const all = isAllRefused(call)
  const some = all ? '' : ` in ${cases.length} of ${successesOf(call).length} cases`
  return [
    {
      kind: all ? 'lost' : 'changed',
      area: 'permissions',
      subject: callName(call),
      title: `${callName(call)} is refused with ${first.candidate.error}${some}; under the runtime on chain the same call succeeds`,
      facts: { cases: cases.length, of: successesOf(call).length, error: first.candidate.error },
      evidence: cases
        .slice(0, SAMPLES)
        .map(({ one, candidate }) => `${caseText(one)}: success -> ${candidate.error}`),
    },
  ]
}

function otherErrors(call: ComparedCall): Difference[] {
  const isRefusal = (kind: string) => kind === 'refused' || kind === 'invalid'
  const cases = call.cases.filter(
    ({ control, candidate }) =>
      isRefusal(control.kind) && isRefusal(candidate.kind) && control.error !== candidate.error,
  )
  const [first] = cases
  if (first === undefined) return []
  return [
    {
      kind: 'changed',
      area: 'behavior',
      subject: callName(call),
      title: `${callName(call)} is refused with ${first.candidate.error} instead of ${first.control.error}`,
      facts: { cases: cases.length, before: first.control.error, after: first.candidate.error },
      evidence: cases
        .slice(0, SAMPLES)
        .map(({ one, control, candidate }) => `${caseText(one)}: ${control.error} -> ${candidate.error}`),
    },
  ]
}

interface EffectContext {
  readonly pairs: ItemPairs
  /** Items that paying a fee touches. */
  readonly ownFees: ReadonlySet<string>
  /** Items that every call leaves differently. */
  readonly common: ReadonlySet<string>
}

/** What `System.remark` leaves differently, which does nothing itself. */
function commonEffects(calls: readonly ComparedCall[]): ReadonlySet<string> {
  const remark = calls.find((call) => callName(call) === 'System.remark')
  const cases = remark === undefined ? [] : successesOf(remark)
  const same = cases.filter(({ control, candidate }) => control.fee === candidate.fee)
  return new Set(same.flatMap(({ effects }) => effects.map(({ pair }) => pair.label)))
}

function everyCallLeaves(common: ReadonlySet<string>): Difference {
  const items = [...common].sort().join(', ')
  return {
    kind: 'changed',
    area: 'behavior',
    subject: 'extrinsics',
    title: `every extrinsic leaves ${items} differently than under the runtime on chain`,
    facts: { items },
    evidence: [],
  }
}

/** Differences that say the same of many calls, as one. */
function oneForMany(differences: readonly Difference[]): readonly Difference[] {
  const without = ({ title, subject }: Difference) => title.replace(subject, '')
  return groupBy(differences, without).flatMap((group) => {
    const [first] = group
    if (first === undefined || group.length < MANY_CALLS) return group
    const evidence = group.map(({ subject }) => subject)
    const title = `${group.length} calls: each${without(first)}`
    return [
      { ...first, subject: 'extrinsics', title, facts: { ...first.facts, calls: group.length }, evidence },
    ]
  })
}

function otherEffects(call: ComparedCall, { pairs, ownFees, common }: EffectContext): Difference[] {
  const cases = successesOf(call).map((one) => {
    const isFeeChanged = one.control.fee !== one.candidate.fee
    return {
      ...one,
      effects: one.effects.filter(({ pair }) => {
        return !common.has(pair.label) && !(isFeeChanged && ownFees.has(pair.label))
      }),
    }
  })
  const different = cases.filter(({ effects }) => effects.length > 0)
  const [first] = different
  if (first === undefined) return []
  const items = [...new Set(different.flatMap(({ effects }) => effects.map(({ pair }) => pair.label)))].sort()
  return [
    {
      kind: 'changed',
      area: 'behavior',
      subject: callName(call),
      title: `${callName(call)} leaves ${items.slice(0, 4).join(', ')}${items.length > 4 ? ` and ${items.length - 4} more` : ''} differently than under the runtime on chain`,
      facts: { cases: different.length, of: cases.length, items: items.join(', ') },
      evidence: different.slice(0, SAMPLES).flatMap(({ one, effects }) => [
        caseText(one),
        ...effects.slice(0, SAMPLES).map(({ pair, key, control, candidate }) => {
          return `  ${pair.label}${pairs.keyText(pair, key)}: ${shortValue(control)} -> ${shortValue(candidate)}`
        }),
      ]),
    },
  ]
}

function otherEvents(call: ComparedCall, pairs: ItemPairs): Difference[] {
  if (isMigrationPallet(pairs, call.pallet)) return []
  const names = (events: readonly ChainEvent[]) =>
    events
      .filter(({ pallet }) => !isMigrationPallet(pairs, pallet))
      .map(({ pallet, event }) => `${pallet}.${event}`)
      .sort()
  const cases = successesOf(call).filter(
    ({ control, candidate }) =>
      candidate.kind === 'success' && names(control.events).join() !== names(candidate.events).join(),
  )
  const [first] = cases
  if (first === undefined) return []
  const [before, after] = [names(first.control.events), names(first.candidate.events)]
  const missing = before.filter((name) => !after.includes(name))
  const added = after.filter((name) => !before.includes(name))
  const text = [
    ...(missing.length === 0 ? [] : [`no longer tells ${missing.join(', ')}`]),
    ...(added.length === 0 ? [] : [`also tells ${added.join(', ')}`]),
  ]
  return [
    {
      kind: missing.length > 0 ? 'changed' : 'new',
      area: 'behavior',
      subject: callName(call),
      title: `${callName(call)} ${text.length === 0 ? 'tells its events in other numbers' : text.join(' and ')}`,
      facts: { cases: cases.length, missing: missing.join(', '), added: added.join(', ') },
      evidence: cases.slice(0, SAMPLES).map(({ one }) => caseText(one)),
    },
  ]
}

/** pallet_migrations, under whatever name: which migrations it has is of the runtime. */
function isMigrationPallet({ newer }: ItemPairs, pallet: string): boolean {
  return newer.item(pallet, 'Cursor') !== null && newer.item(pallet, 'Historic') !== null
}

/** Items that a call touches whatever it does: those of `System.remark`. */
function feeItems(calls: readonly ComparedCall[], pairs: ItemPairs): ReadonlySet<string> {
  const remark = calls.find((call) => callName(call) === 'System.remark')
  const [first] = remark === undefined ? [] : successesOf(remark)
  return new Set([...(first?.control.changes.keys() ?? [])].map((key) => pairs.of(key).label))
}

function fees(calls: readonly ComparedCall[]): Difference[] {
  const changed = calls.flatMap((call) =>
    successesOf(call)
      .filter(({ control, candidate }) => candidate.kind === 'success' && control.fee !== candidate.fee)
      .slice(0, 1)
      .map((one) => ({
        name: callName(call),
        before: one.control.fee ?? 0n,
        after: one.candidate.fee ?? 0n,
      })),
  )
  if (changed.length === 0) return []
  const factors = changed.map(({ before, after }) => ratio(before, after)).sort((a, b) => a - b)
  const median = factors[Math.floor(factors.length / 2)] ?? 1
  const of = calls.filter((call) => successesOf(call).length > 0).length
  return [
    {
      kind: 'changed',
      area: 'fees',
      subject: 'fees',
      title: `${changed.length} of ${of} calls cost another fee, ${factorText(median)} of the fee before (median)`,
      facts: { calls: changed.length, of, medianFactor: median },
      evidence: changed.map(({ name, before, after }) => `${name}: ${before} -> ${after}`),
    },
  ]
}

function weights(calls: readonly ComparedCall[]): Difference[] {
  const changed = calls.flatMap((call) =>
    successesOf(call)
      .filter(
        ({ control, candidate }) =>
          candidate.kind === 'success' &&
          (control.refTime !== candidate.refTime || control.proofSize !== candidate.proofSize),
      )
      .slice(0, 1)
      .map((one) => ({
        name: callName(call),
        before: one.control.refTime ?? 0n,
        after: one.candidate.refTime ?? 0n,
        proof: `${one.control.proofSize ?? 0n} -> ${one.candidate.proofSize ?? 0n}`,
      })),
  )
  if (changed.length === 0) return []
  const factors = changed.map(({ before, after }) => ratio(before, after)).sort((a, b) => a - b)
  const of = calls.filter((call) => successesOf(call).length > 0).length
  return [
    {
      kind: 'changed',
      area: 'weights',
      subject: 'weights',
      title: `${changed.length} of ${of} calls have another weight, from ${factorText(factors[0] ?? 1)} to ${factorText(factors.at(-1) ?? 1)} of the weight before`,
      facts: { calls: changed.length, of, least: factors[0] ?? 1, most: factors.at(-1) ?? 1 },
      evidence: changed.map(
        ({ name, before, after, proof }) => `${name}: ${before} -> ${after} ps, proof ${proof} bytes`,
      ),
    },
  ]
}

function ratio(before: bigint, after: bigint): number {
  return before === 0n ? Number(after) : Number((after * 1_000n) / before) / 1_000
}

function factorText(factor: number): string {
  return `${factor} times`
}

function endText({ control }: ComparedCase): string {
  return control.kind === 'success' ? 'succeeds' : `is refused with ${control.error}`
}

import { createSeededRandom } from '../../../harness/base/seededRandom.ts'
import type { ItemPairs } from '../state/itemPairs.ts'
import { type CallCase, callName } from './callCase.ts'
import type { CallResult } from './callResult.ts'
import { type EffectDifference, effectDifferences } from './effects.ts'
import type { KnownCall, TriedCall } from './findCalls.ts'
import type { ApplyOptions, TrafficSide } from './trafficSide.ts'

/**
 * Why a case was tried. `asFound`: it is one that the runtime on chain took or refused. The others must be refused: by somebody
 * whom the call does not concern, by an account without money, without a signature, with a nonce used up, with a wrong signature.
 */
export type CaseKind = 'asFound' | 'stranger' | 'penniless' | 'unsigned' | 'replayed' | 'badSignature'

/** The same case under both runtimes. */
export interface ComparedCase {
  readonly kind: CaseKind
  readonly one: CallCase
  readonly control: CallResult
  readonly candidate: CallResult
  /** What a success of both left differently in the state. */
  readonly effects: readonly EffectDifference[]
}

/** All cases of one call. */
export interface ComparedCall {
  readonly pallet: string
  readonly call: string
  readonly cases: readonly ComparedCase[]
}

export interface CompareCallsOptions {
  readonly control: TrafficSide
  readonly candidate: TrafficSide
  readonly pairs: ItemPairs
  readonly calls: readonly KnownCall[]
  readonly signal: AbortSignal
  /** Other cases of a call that succeed under the runtime on chain. */
  findMore(known: KnownCall, round: number): Promise<readonly TriedCall[]>
}

const MORE_ROUNDS = 4

/** Makes the calls that are known from the runtime on chain, and calls that must be refused, under both runtimes. */
export async function compareCalls(options: CompareCallsOptions): Promise<readonly ComparedCall[]> {
  const compared: ComparedCall[] = []
  for (const known of options.calls) {
    options.signal.throwIfAborted()
    // What the candidate lacks is told by its metadata.
    if (!options.candidate.runtime.codec.hasCall(known.pallet, known.call)) continue
    const found = [...known.successes, ...known.refusals, ...known.edges]
    const cases: ComparedCase[] = []
    for (const tried of found) cases.push(...(await compareFound(options, tried)))
    if (isRefused(cases)) cases.push(...(await compareMore(options, known)))
    const [first] = known.successes
    if (first !== undefined) cases.push(...(await compareForbidden(options, first)))
    compared.push({ pallet: known.pallet, call: known.call, cases })
  }
  return compared
}

/** Whether whatever succeeded before is refused. */
function isRefused(cases: readonly ComparedCase[]): boolean {
  const successes = cases.filter(({ control }) => control.kind === 'success')
  return (
    successes.length > 0 && successes.every(({ candidate }) => /^(refused|invalid)$/.test(candidate.kind))
  )
}

/** Before a call is said to be refused to everybody, it is made with other arguments. */
async function compareMore(options: CompareCallsOptions, known: KnownCall): Promise<readonly ComparedCase[]> {
  const cases: ComparedCase[] = []
  for (let round = 1; round <= MORE_ROUNDS && (cases.length === 0 || isRefused(cases)); round++) {
    for (const tried of await options.findMore(known, round))
      cases.push(...(await compareFound(options, tried)))
  }
  return cases
}

async function compareFound(
  { candidate, control, pairs }: CompareCallsOptions,
  { one, result }: TriedCall,
): Promise<readonly ComparedCase[]> {
  const now = await candidate.apply(one)
  if (now === null) return []
  const both = result.kind === 'success' && now.kind === 'success'
  const effects = both
    ? effectDifferences(
        pairs,
        { state: control.state, changes: result.changes },
        { state: candidate.state, changes: now.changes },
      )
    : []
  return [{ kind: 'asFound', one, control: result, candidate: now, effects }]
}

/** The case by those who must not, as far as the runtime on chain refuses them. */
async function compareForbidden(
  options: CompareCallsOptions,
  { one }: TriedCall,
): Promise<readonly ComparedCase[]> {
  const stranger = { kind: 'signed', account: strangerFor(callName(one)) } as const
  const own = one.origin.kind === 'nobody' ? null : ({ kind: 'signed', account: one.origin.account } as const)
  const attempts: readonly (readonly [CaseKind, CallCase, ApplyOptions])[] = [
    ['stranger', { ...one, origin: stranger }, {}],
    ['penniless', { ...one, origin: stranger }, { funds: false }],
    ['unsigned', { ...one, origin: { kind: 'nobody' } }, {}],
    ...(own === null
      ? []
      : ([
          ['stranger', { ...one, origin: own }, {}],
          ['replayed', one, { nonce: 1_000_000n }],
          ['badSignature', one, { signatures: 'verify' }],
        ] as const)),
  ]
  const cases: ComparedCase[] = []
  for (const [kind, forbidden, apply] of attempts) {
    const control = await options.control.apply(forbidden, apply)
    if (control === null || control.kind === 'success') continue
    const candidate = await options.candidate.apply(forbidden, apply)
    if (candidate !== null) cases.push({ kind, one: forbidden, control, candidate, effects: [] })
  }
  return cases
}

/** An account that nobody has, the same in each run. */
function strangerFor(name: string): string {
  const random = createSeededRandom(name.length * 7_919 + name.charCodeAt(name.length - 1))
  return `0x${Array.from({ length: 32 }, () => random.below(256).toString(16).padStart(2, '0')).join('')}`
}

import type { AlarmKind } from '../regions/index.ts'
import type { BrokenInput, Claim, ClaimName, FamilyProof, FittedLaw, OpenAlarm } from './proofResult.ts'

/** Alarms after which the walk can't vouch for what follows: every claim of the family is open. */
const SPOILING: ReadonlySet<AlarmKind> = new Set([
  'loop without bound',
  'endless loop',
  'calls too deep',
  'memory grows by a value',
  'wrong indirect call',
  'read outside regions',
  'write outside regions',
  'out of memory bounds',
])
/** What each claim is about. */
const OF_CLAIM: Readonly<Record<ClaimName, ReadonlySet<AlarmKind>>> = {
  'no trap': new Set([
    'unreachable',
    'division by zero',
    'signed division overflow',
    'out of memory bounds',
    'wrong indirect call',
    'calls too deep',
  ]),
  'stays in its regions': new Set(['read outside regions', 'write outside regions', 'out of memory bounds']),
  time: new Set(['loop without bound', 'endless loop', 'calls too deep']),
  memory: new Set(['memory grows by a value']),
}
const HINTS: Partial<Record<AlarmKind, string>> = {
  'loop without bound': 'Give the loop a fixed number of rounds, such as `for _ in 0..16`.',
  'calls too deep': 'Write it without recursion: the depth of the stack has to follow from the shape.',
  'memory grows by a value': 'Let what is allocated depend on maxN, cap and n only.',
  'read outside regions': 'Compare each index with n before it is used.',
  'write outside regions': 'Compare each index with n before it is used.',
  'out of memory bounds': 'Compare each index with n before it is used.',
  'division by zero': 'Test the divisor itself: a sum of values can wrap around to zero.',
}

/** What a block has room for, and what the largest subnet is. */
export interface Budget {
  readonly instructions: number
  readonly subnets: number
}

/** The lines of the verdict: for each family what is proved of it, and what is not. */
export function claimsOf(
  families: readonly FamilyProof[],
  rest: { readonly law: FittedLaw | null; readonly broken: readonly BrokenInput[]; readonly budget: Budget },
): readonly Claim[] {
  const proved = families.flatMap((family) => claimsOfFamily(family, rest))
  const fitted = rest.law === null ? [] : [fittedClaim(rest.law, rest.budget)]
  return [...proved, ...fitted, ...rest.broken.map(brokenClaim)]
}

function claimsOfFamily(
  family: FamilyProof,
  { broken, budget }: { readonly broken: readonly BrokenInput[]; readonly budget: Budget },
): readonly Claim[] {
  const names: readonly ClaimName[] = ['no trap', 'stays in its regions', 'time', 'memory']
  return names.flatMap((claim): readonly Claim[] => {
    const missing = whyNot(family, claim)
    const about = family.name
    if (missing === null)
      return [{ word: 'PROVED', claim, about, text: provedText(family, claim, budget), hint: null }]
    // The input that breaks it says more.
    if (broken.some(({ rule }) => rule === claim)) return []
    return [{ word: 'UNKNOWN', claim, about, ...missing }]
  })
}

interface Missing {
  readonly text: string
  readonly hint: string | null
}

/** Why a claim is not proved for a family; null when it is. */
function whyNot(family: FamilyProof, claim: ClaimName): Missing | null {
  if (family.stop !== null) return { text: `not walked to the end: ${family.stop}`, hint: null }
  if (family.ended === 0)
    return { text: 'nothing was proved: no run reaches the end of the function', hint: null }
  const own = family.open.filter(({ kind }) => OF_CLAIM[claim].has(kind))
  const alarm = own[0] ?? family.open.find(({ kind }) => SPOILING.has(kind))
  if (alarm !== undefined) return { text: describeAlarm(alarm, own.length), hint: HINTS[alarm.kind] ?? null }
  if (claim === 'no trap' && !family.sites.some(({ decidedBy }) => decidedBy === 'bounds')) {
    return { text: 'nothing was proved: no place that could trap was reached', hint: null }
  }
  return null
}

function describeAlarm(alarm: OpenAlarm, count: number): string {
  const detail = alarm.detail === null ? '' : ` (${alarm.detail})`
  const more = count > 1 ? `, and ${count - 1} more` : ''
  return `${alarm.kind} at ${alarm.callChain}@${alarm.offset}${detail}, first at ${alarm.firstShape}${more}`
}

function provedText(family: FamilyProof, claim: ClaimName, budget: Budget): string {
  const shapes = family.shapes === 1 ? 'one shape' : `${family.shapes} shapes`
  if (claim === 'time') {
    const most = family.bound?.instructions ?? 0
    return `<= ${grouped(most)} instructions = ${percent(most, budget.instructions)} of a block (${shapes}, all values)`
  }
  if (claim === 'memory') return `<= ${family.pages} pages of 64 KiB (${shapes}, all values)`
  const kinds = OF_CLAIM[claim]
  const sites = family.sites.filter(({ kind, decidedBy }) => kinds.has(kind) && decidedBy !== 'never reached')
  const never = family.sites.filter(({ kind, decidedBy }) => kinds.has(kind) && decidedBy === 'never reached')
  return `${sites.length} sites, ${never.length} never reached (${shapes}, all values)`
}

function fittedClaim(law: FittedLaw, { instructions, subnets }: Budget): Claim {
  const { n, instructions: at } = law.atLargest
  const sizes = law.sizes.map((size) => size.n).join(', ')
  const exact = law.kind === 'polynomial' ? `exact at n = ${sizes}` : `through the last two of n = ${sizes}`
  return {
    word: 'FITTED',
    claim: 'time',
    about: `rows of ${law.rowLength}`,
    text:
      `${law.formula} instructions, ${exact}, not proved elsewhere; n = ${n}: ${grouped(at)} ` +
      `= ${percent(at, instructions)} of a block, ${subnets} such subnets ${percent(at * subnets, instructions)}`,
    hint:
      at > instructions ? 'A block has no room for the largest subnet: look for nested loops over n.' : null,
  }
}

function brokenClaim({ rule, title, message, n, foundBy }: BrokenInput): Claim {
  const by = foundBy === 'solver' ? 'found by the solver' : 'found by search'
  return {
    word: 'BROKEN',
    claim: rule,
    about: `n = ${n}`,
    text: `${title}. ${message} ${by}, replayed in V8.`,
    hint: null,
  }
}

/** 18954039 as 18,954,039. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

function percent(part: number, whole: number): string {
  const value = (100 * part) / whole
  return `${value < 10 ? value.toFixed(2) : grouped(value)} %`
}

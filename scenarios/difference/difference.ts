import type { Facts } from '../../reports/model/finding.ts'

/**
 * How much a difference means. `lost`: what was there is gone or at its default. `trapped`: what came back traps. `allowed`:
 * what was refused succeeds. `ended`: what happened again and again never does any more. `outside`: what nodes, wallets or other chains hold outside of
 * the runtime is another one. `changed`: it came out differently. `new`:
 * it was not there before, or is explained by the upgrade itself.
 */
export type DifferenceKind = 'lost' | 'trapped' | 'allowed' | 'ended' | 'outside' | 'changed' | 'new'

/** The chapter of the release notes that it belongs to. */
export type DifferenceArea = 'behavior' | 'fees' | 'weights' | 'permissions' | 'apis' | 'storage'

/** Something that the candidate does differently than the runtime on chain, from the same input. */
export interface Difference {
  readonly kind: DifferenceKind
  readonly area: DifferenceArea
  /** A pallet item, call, API method or constant; the same in each run that sees the same difference. */
  readonly subject: string
  /** One sentence. */
  readonly title: string
  readonly facts: Facts
  /** Decoded samples, a line each. */
  readonly evidence: readonly string[]
}

const GRAVITY: readonly DifferenceKind[] = [
  'trapped',
  'allowed',
  'lost',
  'ended',
  'outside',
  'changed',
  'new',
]

/** Gravest first, then by subject. For lists that are the same in each run. */
export function sortDifferences(differences: readonly Difference[]): readonly Difference[] {
  return [...differences].sort(
    (a, b) =>
      GRAVITY.indexOf(a.kind) - GRAVITY.indexOf(b.kind) ||
      compareText(a.subject, b.subject) ||
      compareText(a.title, b.title),
  )
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

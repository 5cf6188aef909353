import { DrydockError } from '../../harness/base/errors.ts'
import type { Check, CheckProfile } from './check.ts'

export interface SelectChecksOptions {
  /** Ids or groups (`blob` or `blob.*`); all when absent. They are run whatever the profile says. */
  readonly only?: readonly string[]
  /** Ids or groups to leave out. */
  readonly skip?: readonly string[]
  /** Default `full`. */
  readonly profile?: CheckProfile
}

/** Picks checks in catalog order. Throws `CHECK_UNKNOWN` for a name that is none, and for a selection that is empty. */
export function selectChecks(checks: readonly Check[], options: SelectChecksOptions): readonly Check[] {
  const { only, skip = [], profile = 'full' } = options
  for (const name of [...(only ?? []), ...skip]) {
    if (!checks.some((check) => isNamed(check, name))) throw unknownCheck(checks, name)
  }
  const wanted = checks.filter((check) =>
    only === undefined
      ? profile === 'full' || (check.profile ?? 'quick') === 'quick'
      : only.some((name) => isNamed(check, name)),
  )
  const left = wanted.filter((check) => !skip.some((name) => isNamed(check, name)))
  if (left.length > 0) return left
  throw new DrydockError('no check is left to run', {
    code: 'CHECK_NONE',
    kind: 'usage',
    hints: ['What --only picks must not all be left out by --skip.'],
  })
}

function isNamed(check: Check, name: string): boolean {
  return check.id === name || check.id.startsWith(`${name.replace(/\.?\*$/, '')}.`)
}

function unknownCheck(checks: readonly Check[], name: string): DrydockError {
  return new DrydockError(`there is no check ${JSON.stringify(name)}`, {
    code: 'CHECK_UNKNOWN',
    kind: 'usage',
    hints: [
      `Checks are: ${checks.map((check) => check.id).join(', ')}. A group such as "blob" takes all of its checks.`,
    ],
    details: { name },
  })
}

import { DrydockError } from '../../../harness/base/errors.ts'
import type { Check } from '../../../scenarios/check/check.ts'
import { type Invariant, toCheck } from '../../../scenarios/invariants/index.ts'
import { ALL_CHECKS } from '../../config/allChecks.ts'
import { loadModule } from '../../config/loadModule.ts'

/**
 * The invariants of modules as checks: each module's default export is one. Throws `MODULE_FAILED` and `INVARIANT_INVALID`, for a
 * module without one and for an id that is taken.
 */
export async function loadInvariants(paths: readonly string[]): Promise<readonly Check[]> {
  const taken = new Set(ALL_CHECKS.map(({ id }) => id))
  const checks: Check[] = []
  for (const path of paths) {
    const exported = await loadModule(path)
    if (!isInvariant(exported)) throw invalid(path, 'its default export is not an invariant')
    const check = toCheck(exported)
    if (taken.has(check.id)) throw invalid(path, `the check ${check.id} already exists`)
    taken.add(check.id)
    checks.push(check)
  }
  return checks
}

function isInvariant(value: unknown): value is Invariant {
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  const isText = (name: string) => typeof fields.get(name) === 'string'
  const isFunction = (name: string) => typeof fields.get(name) === 'function'
  return (
    /^[a-z][A-Za-z0-9]*$/.test(String(fields.get('id'))) &&
    isText('title') &&
    isText('why') &&
    isFunction('applies') &&
    isFunction('check')
  )
}

function invalid(path: string, why: string): DrydockError {
  return new DrydockError(`${path}: ${why}`, {
    code: 'INVARIANT_INVALID',
    kind: 'usage',
    hints: [
      'Write it as export default defineInvariant({ id, title, why, applies, check }), with an id in camelCase.',
    ],
    details: { path },
  })
}

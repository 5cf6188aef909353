import { DrydockError } from '../../harness/base/errors.ts'

/** What is said of state that is not at hand and comes from nowhere; null for any other error. */
export function missingState(error: unknown): string | null {
  return error instanceof DrydockError && error.code === 'NODE_MISSING' ? error.message : null
}

import { isEqualBytes } from '../../harness/base/bytes.ts'
import { errorMessage } from '../../harness/base/errors.ts'
import { CODE_KEY, PENDING_CODE_KEY } from '../../harness/chain/plainKey.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'

/** What stands in the state in place of the candidate after the migration block; null when it is the candidate. */
export function codeInPlace(candidate: RuntimeBlob, state: ChainState): string | null {
  const code = state.get(CODE_KEY)
  if (code === null) return '`:code` is gone, and no further block can be built'
  if (!isEqualBytes(code, candidate.submitted)) return `${codeText(code)} in \`:code\``
  const pending = state.get(PENDING_CODE_KEY)
  if (pending === null) return null
  return `${codeText(pending)} waits in \`:pending_code\`, which newer nodes take first`
}

function codeText(code: Uint8Array): string {
  try {
    const { version } = parseRuntimeBlob(code)
    const name = version === null ? 'a runtime' : `${version.specName} ${version.specVersion}`
    return `${name} (${code.length} bytes)`
  } catch (error) {
    return `${code.length} bytes that are not a runtime (${errorMessage(error)})`
  }
}

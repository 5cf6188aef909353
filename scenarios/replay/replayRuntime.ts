import {
  type Answer,
  queryRuntime,
  type RuntimeCache,
  type RuntimeCode,
  type RuntimeContext,
} from '../../harness/chain/index.ts'
import { decodeRuntimeVersion, type RuntimeVersion } from '../../harness/codec/runtimeVersion.ts'
import type { ChainState, StateVersion } from '../../harness/state/chainState.ts'

/** What executing a block of the chain takes. */
export interface ReplayRuntime extends RuntimeCode {
  readonly version: RuntimeVersion
  readonly stateVersion: StateVersion
  /** Null when the runtime's metadata is too old to be read: blocks can be proved all the same, not compared. */
  readonly context: RuntimeContext | null
}

/** The runtime that stands in `:code` of `state`. */
export async function replayRuntime(
  catalog: RuntimeCache,
  state: ChainState,
): Promise<Answer<ReplayRuntime>> {
  const answer = await catalog.at(state)
  if (answer.kind === 'ok') return { kind: 'ok', value: { ...answer.value, context: answer.value } }
  const { executor, callOptions } = catalog
  const code: RuntimeCode = { executor, callOptions, blob: catalog.blobAt(state) }
  const version = await queryRuntime(code, state, {
    entryPoint: 'Core_version',
    decode: decodeRuntimeVersion,
  })
  if (version.kind === 'failed') return version
  const stateVersion = version.value.systemVersion >= 1 ? 1 : 0
  return { kind: 'ok', value: { ...code, version: version.value, stateVersion, context: null } }
}

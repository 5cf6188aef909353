import { type ChainCodec, createChainCodec } from '../codec/index.ts'
import { decodeRuntimeVersion, type RuntimeVersion } from '../codec/runtimeVersion.ts'
import { decodeBytes, encodeUint } from '../codec/scale.ts'
import type { ChainState, StateVersion } from '../state/chainState.ts'
import { type Answer, hasEntryPoint, queryRuntime, type RuntimeCode } from './runtimeQuery.ts'

/** What making a block needs of a runtime. */
export interface BlockRuntime extends RuntimeCode {
  /** Layout of the state trie, by the runtime's `system_version`. */
  readonly stateVersion: StateVersion
  readonly codec: Pick<ChainCodec, 'hasPallet' | 'decodeApplyResult'>
}

/** A runtime with what it says of itself. */
export interface RuntimeContext extends BlockRuntime {
  readonly version: RuntimeVersion
  /** SCALE metadata with its magic prefix. */
  readonly metadata: Uint8Array
  readonly codec: ChainCodec
}

/** Newest first; 15 adds runtime APIs, which a runtime lists only when asked for that version. */
const METADATA_VERSIONS = [15, 14]

/** Asks a runtime for its version and metadata. `state` is only there to run on: no answer depends on it. */
export async function createRuntimeContext(
  code: RuntimeCode,
  state: ChainState,
): Promise<Answer<RuntimeContext>> {
  const answer = await queryVersion(code, state)
  if (answer.kind === 'failed') return answer
  const version = answer.value
  const spoken = await queryMetadata(code, state, version)
  if (spoken.kind === 'failed') return spoken
  const stateVersion = version.systemVersion >= 1 ? 1 : 0
  return { kind: 'ok', value: { ...code, ...spoken.value, version, stateVersion } }
}

async function queryVersion(code: RuntimeCode, state: ChainState): Promise<Answer<RuntimeVersion>> {
  if (code.blob.version !== null) return { kind: 'ok', value: code.blob.version }
  return queryRuntime(code, state, { entryPoint: 'Core_version', decode: decodeRuntimeVersion })
}

type Spoken = Pick<RuntimeContext, 'metadata' | 'codec'>

async function queryMetadata(
  code: RuntimeCode,
  state: ChainState,
  { specName, specVersion }: RuntimeVersion,
): Promise<Answer<Spoken>> {
  const toSpoken = (metadata: Uint8Array | undefined): Spoken | null =>
    metadata === undefined ? null : { metadata, codec: createChainCodec({ metadata, specName, specVersion }) }
  const entryPoint = 'Metadata_metadata_at_version'
  for (const version of hasEntryPoint(code.blob, entryPoint) ? METADATA_VERSIONS : []) {
    const answer = await queryRuntime(code, state, {
      entryPoint,
      input: encodeUint(version, 4),
      // Option<OpaqueMetadata>: none when the runtime does not speak that version.
      decode: (output) => (output[0] === 0 ? 'none' : toSpoken(decodeBytes(output, 1)?.value)),
    })
    if (answer.kind === 'failed') return answer
    if (answer.value !== 'none') return { kind: 'ok', value: answer.value }
  }
  return queryRuntime(code, state, {
    entryPoint: 'Metadata_metadata',
    decode: (output) => toSpoken(decodeBytes(output)?.value),
  })
}

import { type ChainCodec, createChainCodec } from '../codec/index.ts'
import { decodeRuntimeVersion, type RuntimeVersion } from '../codec/runtimeVersion.ts'
import { decodeBytes, encodeUint } from '../codec/scale.ts'
import type { RuntimeBlob } from '../runtime/blob/index.ts'
import type { CallOptions, Executor } from '../runtime/executor.ts'
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

export interface RuntimeContextOptions {
  readonly callOptions?: CallOptions
}

/** Newest first; 15 adds runtime APIs, which a runtime lists only when asked for that version. */
const METADATA_VERSIONS = [15, 14]

/**
 * Asks a runtime for its version and metadata. `state` is only there to run on: no answer depends on it.
 * Throws what `createChainCodec` throws for metadata that cannot be read.
 */
export async function createRuntimeContext(
  executor: Executor,
  blob: RuntimeBlob,
  state: ChainState,
  options: RuntimeContextOptions = {},
): Promise<Answer<RuntimeContext>> {
  const code: RuntimeCode = { executor, blob, callOptions: options.callOptions ?? {} }
  const version = await queryVersion(code, state)
  if (version.kind === 'failed') return version
  const metadata = await queryMetadata(code, state)
  if (metadata.kind === 'failed') return metadata
  const { specName, specVersion } = version.value
  const value: RuntimeContext = {
    ...code,
    version: version.value,
    stateVersion: version.value.systemVersion >= 1 ? 1 : 0,
    metadata: metadata.value,
    codec: createChainCodec({ metadata: metadata.value, specName, specVersion }),
  }
  return { kind: 'ok', value }
}

async function queryVersion(code: RuntimeCode, state: ChainState): Promise<Answer<RuntimeVersion>> {
  if (code.blob.version !== null) return { kind: 'ok', value: code.blob.version }
  return queryRuntime(code, state, { entryPoint: 'Core_version', decode: decodeRuntimeVersion })
}

async function queryMetadata(code: RuntimeCode, state: ChainState): Promise<Answer<Uint8Array>> {
  const entryPoint = 'Metadata_metadata_at_version'
  for (const version of hasEntryPoint(code.blob, entryPoint) ? METADATA_VERSIONS : []) {
    const answer = await queryRuntime(code, state, {
      entryPoint,
      input: encodeUint(version, 4),
      decode: decodeOptionalMetadata,
    })
    if (answer.kind === 'failed') return answer
    if (answer.value.length > 0) return answer
  }
  return queryRuntime(code, state, {
    entryPoint: 'Metadata_metadata',
    decode: (output) => decodeBytes(output)?.value ?? null,
  })
}

/** `Option<OpaqueMetadata>`; none is empty. */
function decodeOptionalMetadata(output: Uint8Array): Uint8Array | null {
  if (output[0] === 0) return new Uint8Array()
  return decodeBytes(output, 1)?.value ?? null
}

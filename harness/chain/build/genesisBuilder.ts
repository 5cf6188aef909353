import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { decodeBytes, encodeBytes, encodeOptionBytes } from '../../codec/scale.ts'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import type { Store } from '../../state/store/store.ts'
import { CODE_KEY } from '../plainKey.ts'
import { type Answer, hasEntryPoint, queryRuntime, type RuntimeCode } from '../runtimeQuery.ts'

export interface GenesisOptions {
  /** Name of a preset of the runtime's, such as `development`, to merge over its default configuration. */
  readonly preset?: string
  /** Merged over that as RFC 7396 says (null removes), such as `genesis.runtimeGenesis.patch` of a chain spec. */
  readonly patch?: unknown
}

/**
 * The genesis state that a runtime makes of a configuration, through its own `GenesisBuilder` (2023 and later), with the
 * runtime as `:code`. Failed when the runtime has no such preset or refuses the configuration.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-v1.9.0/substrate/primitives/genesis-builder/src/lib.rs
 */
export async function buildGenesis(
  runtime: RuntimeCode,
  options: GenesisOptions = {},
): Promise<Answer<Store>> {
  const empty = ChainState.fromStore(createPackedStore([]))
  const defaults = await queryPreset(runtime, empty, null)
  if (defaults.kind === 'failed') return defaults
  const preset =
    options.preset === undefined ? EMPTY_PRESET : await queryPreset(runtime, empty, options.preset)
  if (preset.kind === 'failed') return preset
  const config = [preset.value, options.patch ?? {}].reduce(mergePatch, defaults.value)
  const entryPoint = buildEntryPoint(runtime)
  const { executor, blob, callOptions } = runtime
  const input = encodeBytes(utf8ToBytes(JSON.stringify(config)))
  const outcome = await executor.call({ blob, entryPoint, input, state: empty, options: callOptions })
  if (outcome.kind !== 'ok' || outcome.output[0] !== 0) {
    const why = outcome.kind === 'ok' ? buildError(outcome.output) : outcome.kind
    return { kind: 'failed', entryPoint, outcome, message: `${entryPoint}: ${why}` }
  }
  const entries = [...outcome.changes].flatMap(([key, value]) =>
    value === null ? [] : [[key, value] as const],
  )
  return { kind: 'ok', value: createPackedStore([...entries, [CODE_KEY, blob.submitted]]) }
}

const EMPTY_PRESET: Answer<unknown> = { kind: 'ok', value: {} }

async function queryPreset(
  runtime: RuntimeCode,
  state: ChainState,
  preset: string | null,
): Promise<Answer<unknown>> {
  const current = 'GenesisBuilder_get_preset'
  if (preset === null && !hasEntryPoint(runtime.blob, current)) {
    return queryRuntime(runtime, state, {
      entryPoint: 'GenesisBuilder_create_default_config',
      decode: (output) => parseJson(decodeBytes(output)?.value),
    })
  }
  return queryRuntime(runtime, state, {
    entryPoint: current,
    input: encodeOptionBytes(preset === null ? null : utf8ToBytes(preset)),
    decode: (output) => (output[0] === 1 ? parseJson(decodeBytes(output, 1)?.value) : null),
  })
}

function buildEntryPoint(runtime: RuntimeCode): string {
  const older = 'GenesisBuilder_build_config'
  return hasEntryPoint(runtime.blob, older) ? older : 'GenesisBuilder_build_state'
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return null
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}

/** `Result<(), String>`. */
function buildError(output: Uint8Array): string {
  const text = decodeBytes(output, 1)
  return text === null ? `the result ${bytesToHex(output)}` : new TextDecoder().decode(text.value)
}

/** @see https://www.rfc-editor.org/rfc/rfc7396 */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(merged[name], value)
  }
  return merged
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

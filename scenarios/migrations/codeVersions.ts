import { buildGenesis, type GenesisOptions } from '../../harness/chain/build/genesisBuilder.ts'
import { encodeHeader, zeroHash } from '../../harness/chain/header.ts'
import { CODE_KEY, plainKey } from '../../harness/chain/plainKey.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import { hasEntryPoint, queryRuntime } from '../../harness/chain/runtimeQuery.ts'
import { STORAGE_VERSION_ITEM } from '../../harness/codec/index.ts'
import { decodeBytes, decodeCompact } from '../../harness/codec/scale.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import { createPackedStore } from '../../harness/state/store/packedStore.ts'
import { storageVersion } from './markMeaning.ts'

/** The storage versions that a runtime's code declares. They are not in its metadata. */
export interface CodeVersions {
  /**
   * `genesis`: of a genesis state that the runtime built, where FRAME writes each pallet's version. `firstBlock`: of a first
   * block over nothing, where FRAME takes every pallet for new and does the same.
   */
  readonly how: 'genesis' | 'firstBlock' | 'unknown'
  /** By the pallet's name; a pallet that is not there is unknown. */
  readonly versions: ReadonlyMap<string, number>
}

const UNKNOWN: CodeVersions = { how: 'unknown', versions: new Map() }
const MAX_PRESETS = 3

/** Asks the runtime's code, never the chain's state. Unknown for runtimes from before FRAME did either (mid 2023). */
export async function codeVersions(runtime: RuntimeContext): Promise<CodeVersions> {
  return (await versionsOfGenesis(runtime)) ?? (await versionsOfFirstBlock(runtime)) ?? UNKNOWN
}

/** Where FRAME keeps the version of a pallet. */
export function storageVersionKey(pallet: string): string {
  return plainKey(pallet, STORAGE_VERSION_ITEM)
}

/** By the empty configuration, else by one of the runtime's presets. */
async function versionsOfGenesis(runtime: RuntimeContext): Promise<CodeVersions | null> {
  if (!runtime.blob.exports.some(({ name }) => name.startsWith('GenesisBuilder_build_'))) return null
  const presets = await presetNames(runtime)
  const attempts: readonly GenesisOptions[] = [{}, ...presets.map((preset) => ({ preset }))]
  for (const options of attempts) {
    const genesis = await buildGenesis(runtime, options)
    if (genesis.kind === 'failed') continue
    const versions = versionsIn(runtime, (key) => genesis.value.get(key))
    genesis.value.close()
    return { how: 'genesis', versions }
  }
  return null
}

async function presetNames(runtime: RuntimeContext): Promise<readonly string[]> {
  const entryPoint = 'GenesisBuilder_preset_names'
  if (!hasEntryPoint(runtime.blob, entryPoint)) return []
  const empty = ChainState.fromStore(createPackedStore([]))
  const answer = await queryRuntime(runtime, empty, { entryPoint, decode: decodeTexts })
  return answer.kind === 'ok' ? answer.value.slice(0, MAX_PRESETS) : []
}

function decodeTexts(output: Uint8Array): readonly string[] | null {
  const count = decodeCompact(output)
  const texts: string[] = []
  let offset = count?.end ?? 0
  for (let i = 0; i < (count?.value ?? 0); i++) {
    const text = decodeBytes(output, offset)
    if (text === null) return null
    texts.push(new TextDecoder().decode(text.value))
    offset = text.end
  }
  return texts
}

/**
 * FRAME's `BeforeAllRuntimeMigrations` (2023 and later) writes the version of each pallet that has no key in the state. Over a
 * state without any, the first write of each version is that one, before any migration has run, even when the block fails
 * later. Null when so few pallets have one that the writes are of migrations.
 */
export async function versionsOfFirstBlock(runtime: RuntimeContext): Promise<CodeVersions | null> {
  const { executor, blob, callOptions, codec } = runtime
  const pallets = codec.metadata.pallets.map(({ name }) => name)
  const state = ChainState.fromStore(createPackedStore([[CODE_KEY, blob.submitted]]))
  const header = { parentHash: zeroHash(), number: 1, stateRoot: zeroHash(), extrinsicsRoot: zeroHash() }
  const outcome = await executor.call({
    blob,
    entryPoint: 'Core_initialize_block',
    input: encodeHeader({ ...header, digest: [] }),
    state,
    options: { ...callOptions, markWrites: pallets.map(storageVersionKey) },
  })
  const first = new Map<string, Uint8Array | null>()
  for (const { key, value } of outcome.marks ?? []) if (!first.has(key)) first.set(key, value)
  const versions = versionsIn(runtime, (key) => first.get(key) ?? null)
  return versions.size * 2 < pallets.length ? null : { how: 'firstBlock', versions }
}

function versionsIn(
  { codec }: RuntimeContext,
  get: (key: string) => Uint8Array | null,
): ReadonlyMap<string, number> {
  const versions = new Map<string, number>()
  for (const { name } of codec.metadata.pallets) {
    const version = storageVersion(get(storageVersionKey(name)))
    if (version !== null) versions.set(name, version)
  }
  return versions
}

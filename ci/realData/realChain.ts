import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { hexToBinary, hexToBytes } from '../../harness/base/bytes.ts'
import { DrydockError } from '../../harness/base/errors.ts'
import { buildGenesis } from '../../harness/chain/build/genesisBuilder.ts'
import { CODE_KEY } from '../../harness/chain/plainKey.ts'
import { parseRuntimeBlob, type RuntimeBlob, readRuntimeBytes } from '../../harness/runtime/blob/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import { readRawChainSpec } from '../../harness/state/sources/index.ts'
import { createPackedStore } from '../../harness/state/store/packedStore.ts'
import type { Store, StoreEntry } from '../../harness/state/store/store.ts'
import type { RealData } from './realData.ts'
import type { RealFileName } from './realFiles.ts'

/** The genesis state of a raw chain spec. */
export async function rawGenesis(data: RealData, name: RealFileName): Promise<Store> {
  return (await readRawChainSpec(data.path(name))).store
}

/** True when Finney's genesis state can be had in one of two ways. */
export function hasFinney(data: RealData): boolean {
  return data.has('finneyRaw101') || (data.has('finneyState') && data.has('finneyPlain101'))
}

/** Finney's genesis state: from its raw chain spec, or from its state and the code in its plain spec. */
export async function finneyGenesis(data: RealData): Promise<Store> {
  if (data.has('finneyRaw101')) return rawGenesis(data, 'finneyRaw101')
  const state = field(
    JSON.parse(gunzipSync(await readFile(data.path('finneyState'))).toString('utf8')),
    'top',
  )
  const entries = Object.entries(asObject(state)).map(
    ([key, value]): StoreEntry => [hexToBinary(key), hexToBytes(asText(value))],
  )
  const { submitted } = await plainSpecRuntime(data, 'finneyPlain101')
  return createPackedStore([...entries, [CODE_KEY, submitted]])
}

/** The genesis state that a runtime builds from the patch of its plain chain spec. */
export async function builtGenesis(data: RealData, name: RealFileName, executor: Executor): Promise<Store> {
  const genesis = field(await readJson(data.path(name)), 'genesis', 'runtimeGenesis')
  const blob = parseRuntimeBlob(hexToBytes(asText(field(genesis, 'code'))))
  const answer = await buildGenesis({ executor, blob, callOptions: {} }, { patch: field(genesis, 'patch') })
  if (answer.kind === 'ok') return answer.value
  throw new DrydockError(answer.message, { code: 'REAL_DATA_GENESIS', kind: 'environment' })
}

/** The runtime inside a raw chain spec. */
export async function rawSpecRuntime(data: RealData, name: RealFileName): Promise<RuntimeBlob> {
  const store = await rawGenesis(data, name)
  const code = store.get(CODE_KEY)?.slice()
  store.close()
  return parseRuntimeBlob(code ?? new Uint8Array())
}

/** The runtime inside a plain chain spec, from before 2024 or after. */
export async function plainSpecRuntime(data: RealData, name: RealFileName): Promise<RuntimeBlob> {
  const genesis = asObject(field(await readJson(data.path(name)), 'genesis'))
  const code =
    genesis['runtime'] === undefined
      ? field(genesis, 'runtimeGenesis', 'code')
      : field(genesis, 'runtime', 'system', 'code')
  return parseRuntimeBlob(hexToBytes(asText(code)))
}

/** A runtime in a file of its own: wasm, or hex as in a chain spec's code substitutes. */
export async function fileRuntime(data: RealData, name: RealFileName): Promise<RuntimeBlob> {
  return parseRuntimeBlob(await readRuntimeBytes(data.path(name)))
}

/** A JSON file, parsed. */
export async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'))
}

/** What stands at a path of object fields; undefined is refused. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const name of path) current = asObject(current)[name]
  if (current !== undefined) return current
  throw new DrydockError(`no field ${path.join('.')}`, { code: 'REAL_DATA_FIELD', kind: 'environment' })
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  // SAFETY: an object, whose fields are unknown.
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  throw new DrydockError(`no object: ${typeof value}`, { code: 'REAL_DATA_FIELD', kind: 'environment' })
}

export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  throw new DrydockError(`no text: ${typeof value}`, { code: 'REAL_DATA_FIELD', kind: 'environment' })
}

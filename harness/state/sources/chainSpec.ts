import { bytesToHex } from '../../base/bytes.ts'
import { DrydockError } from '../../base/errors.ts'
import { childPrefix, type StorageKey } from '../stateView.ts'
import { packedStoreBuilder } from '../store/packedStore.ts'
import type { Store } from '../store/store.ts'
import type { StoreBuilder } from '../store/storeBuilder.ts'
import { openByteSource, type ReadOptions } from './byteSource.ts'
import { JsonReader } from './jsonReader.ts'
import { JsonTokens } from './jsonTokens.ts'

/** Options of `readRawChainSpec`. */
export interface ChainSpecOptions extends ReadOptions {
  /** Where the state goes; into a packed store by default. It is ended either way. */
  readonly builder?: StoreBuilder
}

/** A chain spec with its genesis state. */
export interface RawChainSpec {
  readonly name: string
  readonly id: string
  readonly chainType: string | null
  readonly protocolId: string | null
  /** `ss58Format`, `tokenDecimals`, `tokenSymbol` and whatever else the spec has; empty when it has none. */
  readonly properties: Readonly<Record<string, unknown>>
  /** Runtime code that a node uses instead of the one on chain, by what the spec calls it: a block number or hash. */
  readonly codeSubstitutes: ReadonlyMap<string, Uint8Array>
  /** Child trie keys without prefix. Their roots are not in the state: specs leave them to who builds the genesis block. */
  readonly childTries: readonly StorageKey[]
  readonly keyCount: number
  readonly store: Store
}

const CODE_KEY = ':code'
const PLAIN_FIELDS: ReadonlySet<string> = new Set(['runtime', 'runtimeGenesis', 'runtimeAndCode'])

/**
 * Reads a raw chain spec (JSON or gzipped JSON) of any size in bounded memory, but for the store.
 *
 * Of storage keys that come twice the last one counts, as in Substrate; fields that come twice are refused.
 * Throws `FILE_…`, `JSON_…` and `STORE_…` errors, and for what is not a raw spec with state: `CHAIN_SPEC_PLAIN`,
 * `CHAIN_SPEC_NO_STATE`, `CHAIN_SPEC_NO_CODE`, `CHAIN_SPEC_FIELD`.
 */
export async function readRawChainSpec(path: string, options: ChainSpecOptions = {}): Promise<RawChainSpec> {
  const builder = options.builder ?? packedStoreBuilder()
  try {
    const source = await openByteSource(path)
    try {
      const reading = new SpecReading(
        path,
        new JsonReader(path, new JsonTokens(path, source, options)),
        builder,
      )
      await reading.read()
      return await reading.finish()
    } finally {
      await source.close()
    }
  } catch (error) {
    await builder.abandon()
    throw error
  }
}

class SpecReading {
  readonly #path: string
  readonly #json: JsonReader
  readonly #builder: StoreBuilder
  readonly #fields = new Map<string, unknown>()
  readonly #codeSubstitutes = new Map<string, Uint8Array>()
  readonly #childTries: StorageKey[] = []
  #hasGenesis = false
  #hasTop = false
  #hasCode = false
  #stateRootHash: unknown = null

  constructor(path: string, json: JsonReader, builder: StoreBuilder) {
    this.#path = path
    this.#json = json
    this.#builder = builder
  }

  async read(): Promise<void> {
    const json = this.#json
    await json.object('', async (field) => {
      if (field === 'genesis') await this.#readGenesis()
      else if (field === 'codeSubstitutes') await this.#readCodeSubstitutes()
      else if (['name', 'id', 'chainType', 'protocolId', 'properties'].includes(field))
        this.#fields.set(field, await json.value())
      else await json.skip()
    })
    await json.end()
  }

  async finish(): Promise<RawChainSpec> {
    this.#assertState()
    const spec = {
      name: this.#text('name'),
      id: this.#text('id'),
      chainType: this.#chainType(),
      protocolId: this.#optionalText('protocolId'),
      properties: this.#properties(),
      codeSubstitutes: this.#codeSubstitutes,
      childTries: this.#childTries,
    }
    const store = await this.#builder.finish()
    return { ...spec, keyCount: store.keyCount, store }
  }

  async #readGenesis(): Promise<void> {
    this.#hasGenesis = true
    await this.#json.object('genesis', async (field) => {
      if (PLAIN_FIELDS.has(field)) throw plainSpecError(this.#path, field)
      if (field === 'raw') await this.#readRaw()
      else if (field === 'stateRootHash') this.#stateRootHash = await this.#json.value()
      else await this.#json.skip()
    })
  }

  async #readRaw(): Promise<void> {
    await this.#json.object('genesis.raw', async (field) => {
      if (field === 'top') await this.#readTop()
      else if (field === 'childrenDefault') await this.#readChildren()
      else this.#assertEmpty(field, await this.#json.value())
    })
  }

  async #readTop(): Promise<void> {
    this.#hasTop = true
    await this.#json.hexPairs('genesis.raw.top', (key, value) => {
      if (key === CODE_KEY) this.#hasCode = value.length > 0
      this.#builder.add(key, value)
    })
  }

  async #readChildren(): Promise<void> {
    await this.#json.object('genesis.raw.childrenDefault', async (child) => {
      const childKey = hexFieldToKey(child)
      if (childKey === null) throw fieldError(this.#path, 'genesis.raw.childrenDefault', child, 'a hex key')
      this.#childTries.push(childKey)
      const prefix = childPrefix(childKey)
      await this.#json.hexPairs(`genesis.raw.childrenDefault.${child}`, (key, value) =>
        this.#builder.add(prefix + key, value),
      )
    })
  }

  async #readCodeSubstitutes(): Promise<void> {
    await this.#json.object('codeSubstitutes', async (block) => {
      const code = await this.#json.hex(`codeSubstitutes.${block}`)
      this.#codeSubstitutes.set(block, new Uint8Array(code))
    })
  }

  #assertState(): void {
    const path = this.#path
    if (!this.#hasGenesis) {
      throw new DrydockError(`${path} has no field "genesis": it is not a chain spec.`, {
        code: 'CHAIN_SPEC_NO_STATE',
        kind: 'usage',
        hints: ['Give the raw chain spec of a network, a JSON file with name, id and genesis.'],
        details: { path },
      })
    }
    if (!this.#hasTop) throw noStateError(path, this.#stateRootHash)
    if (!this.#hasCode) {
      throw new DrydockError(
        `The genesis state in ${path} has no runtime: the key :code (0x3a636f6465) is absent or empty.`,
        {
          code: 'CHAIN_SPEC_NO_CODE',
          kind: 'usage',
          hints: [
            'Make the raw spec again from the plain one: `<node> build-spec --chain plain.json --raw`.',
          ],
          details: { path },
        },
      )
    }
  }

  #assertEmpty(field: string, value: unknown): void {
    const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0)
    if (isEmpty) return
    throw fieldError(
      this.#path,
      `genesis.raw.${field}`,
      value,
      'absent: only top and childrenDefault can be read',
    )
  }

  #text(field: string): string {
    const value = this.#optionalText(field)
    if (value === null) throw fieldError(this.#path, field, value, 'a string')
    return value
  }

  #optionalText(field: string): string | null {
    const value = this.#fields.get(field) ?? null
    if (value === null || typeof value === 'string') return value
    throw fieldError(this.#path, field, value, 'a string')
  }

  /** A string, or `{ "Custom": name }`, whose name counts. */
  #chainType(): string | null {
    const value = this.#fields.get('chainType')
    if (typeof value !== 'object' || value === null || !('Custom' in value))
      return this.#optionalText('chainType')
    return String(value.Custom)
  }

  #properties(): Readonly<Record<string, unknown>> {
    const value = this.#fields.get('properties') ?? {}
    if (typeof value === 'object' && !Array.isArray(value)) return { ...value }
    throw fieldError(this.#path, 'properties', value, 'an object')
  }
}

function hexFieldToKey(hex: string): StorageKey | null {
  const digits = hex.replace(/^0x/, '')
  return /^(?:[0-9a-fA-F]{2})*$/.test(digits) ? Buffer.from(digits, 'hex').toString('latin1') : null
}

function plainSpecError(path: string, field: string): DrydockError {
  return new DrydockError(
    `${path} is a plain chain spec (it has genesis.${field}): it says how to make the state, not what it is.`,
    {
      code: 'CHAIN_SPEC_PLAIN',
      kind: 'usage',
      hints: [
        `Make a raw one with the chain's node: \`<node> build-spec --chain ${path} --raw > raw.json\`.`,
      ],
      details: { path, field: `genesis.${field}` },
    },
  )
}

function noStateError(path: string, stateRootHash: unknown): DrydockError {
  const has = stateRootHash === null ? 'no state' : `only the root of its state, ${String(stateRootHash)}`
  return new DrydockError(`${path} holds ${has}: genesis.raw.top is absent.`, {
    code: 'CHAIN_SPEC_NO_STATE',
    kind: 'usage',
    hints: [
      'Specs for light clients leave the state out.',
      'Give the full raw spec (`<node> build-spec --chain NAME --raw`), a snapshot, or an endpoint of the network.',
    ],
    details: { path },
  })
}

function fieldError(path: string, field: string, value: unknown, wanted: string): DrydockError {
  const shown = value instanceof Uint8Array ? bytesToHex(value) : (JSON.stringify(value) ?? 'absent')
  return new DrydockError(`${path}: ${field} is ${shown.slice(0, 60)}, but has to be ${wanted}.`, {
    code: 'CHAIN_SPEC_FIELD',
    kind: 'usage',
    details: { path, field },
  })
}

import { createSeededRandom } from '../../../harness/base/seededRandom.ts'
import type { ChainCodec, RuntimeApiMethod } from '../../../harness/codec/index.ts'
import { generateValue } from '../inputs/generateValue.ts'
import type { StatePool } from '../inputs/statePool.ts'
import {
  type ApiArgument,
  type ApiProbe,
  listedProbe,
  type ProbeSides,
  type SignedProbe,
} from './apiProbe.ts'

export interface ListedProbesOptions extends ProbeSides {
  readonly pool: StatePool
  /** Extrinsics that are valid in the state. */
  readonly extrinsics: readonly SignedProbe[]
}

const CASES = 8
/** Their arguments are whole blocks and headers: building blocks asks them. */
const ASKED_BY_BLOCKS =
  /^(Core_(execute_block|initialize_block)|BlockBuilder_|TryRuntime_|Benchmark_|TaggedTransactionQueue_)/

/** Questions to every runtime API method that both metadatas list, with arguments from the state. */
export function listedProbes(options: ListedProbesOptions): readonly ApiProbe[] {
  const { older, newer } = options
  const there = new Map((newer.metadata.apis ?? []).map((api) => [api.name, api]))
  return (older.metadata.apis ?? []).flatMap((api) => {
    const now = there.get(api.name)
    return api.methods.flatMap((method) => {
      const is = now?.methods.find(({ name }) => name === method.name)
      const isAsked = ASKED_BY_BLOCKS.test(`${api.name}_${method.name}`)
      return is === undefined || isAsked ? [] : probesOf(options, { api: api.name, older: method, newer: is })
    })
  })
}

function probesOf(
  options: ListedProbesOptions,
  method: { readonly api: string; readonly older: RuntimeApiMethod; readonly newer: RuntimeApiMethod },
): readonly ApiProbe[] {
  const count = method.older.inputs.length === 0 ? 1 : CASES
  const seen = new Set<string>()
  return Array.from({ length: count }, (_, i) => {
    const probe = listedProbe(options, method, argumentsOf(options, method.older, i))
    if (probe === null || seen.has(probe.text)) return null
    seen.add(probe.text)
    return probe
  }).filter((probe) => probe !== null)
}

function argumentsOf(
  { pool, extrinsics, older }: ListedProbesOptions,
  { inputs }: RuntimeApiMethod,
  position: number,
): readonly ApiArgument[] {
  const random = createSeededRandom(position * 31 + inputs.length + 1)
  const row = pool.rows[random.below(Math.max(pool.rows.length, 1))] ?? null
  const source = { pool, row, random, listLength: 1, signer: null, used: null }
  const extrinsic = extrinsics[position % Math.max(extrinsics.length, 1)]
  return inputs.map((input): ApiArgument => {
    if (isExtrinsic(older, input)) {
      if (extrinsic !== undefined) return { kind: 'extrinsic', ...extrinsic }
    }
    // The length of the extrinsic beside it.
    if (input.name === 'len' && extrinsic !== undefined)
      return { kind: 'value', value: extrinsic.control.length }
    return { kind: 'value', value: generateValue(source, input.type, { name: input.name }) }
  })
}

function isExtrinsic(codec: ChainCodec, { name, type }: RuntimeApiMethod['inputs'][number]): boolean {
  return (
    /^(uxt|tx|xt|extrinsic)$/.test(name) ||
    /UncheckedExtrinsic|OpaqueExtrinsic/.test(codec.metadata.types.name(type))
  )
}

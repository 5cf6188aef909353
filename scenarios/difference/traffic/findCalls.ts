import { createSeededRandom, type SeededRandom } from '../../../harness/base/seededRandom.ts'
import type { ChainCodec, ChainInput, ChainValue, ShapeVariant } from '../../../harness/codec/index.ts'
import { generateValue } from '../inputs/generateValue.ts'
import type { StatePool, StateRow } from '../inputs/statePool.ts'
import { leafType } from '../inputs/typedLeaf.ts'
import type { CallCase, CallOrigin } from './callCase.ts'
import type { CallResult } from './callResult.ts'
import type { TrafficSide } from './trafficSide.ts'

/** A case and what became of it under the runtime on chain. */
export interface TriedCall {
  readonly one: CallCase
  readonly result: CallResult
}

/** What is known of one call under the runtime on chain. */
export interface KnownCall {
  readonly pallet: string
  readonly call: string
  /** Cases that succeed, by different signers or arguments. */
  readonly successes: readonly TriedCall[]
  /** One for each error that was met. */
  readonly refusals: readonly TriedCall[]
  /** The first success with one argument at an edge of its type, or another id; they may succeed or not. */
  readonly edges: readonly TriedCall[]
}

export interface FindCallsOptions {
  readonly side: TrafficSide
  readonly pool: StatePool
  /** Of sudo, or null for a chain without: calls of root are then not tried. */
  readonly rootKey: string | null
  readonly attempts: number
  readonly signal: AbortSignal
}

const SUCCESSES = 3
/** A call without a success yet is tried so many times as often. */
const MORE = 5
const REFUSALS = 8

/**
 * For every call of every pallet, arguments that succeed and some that don't, found from what the state holds. Deterministic. Calls
 * that trap under the runtime on chain are refusals like others.
 */
export async function findCalls(options: FindCallsOptions): Promise<readonly KnownCall[]> {
  const { codec } = options.side.runtime
  const known: KnownCall[] = []
  for (const { pallet, variants } of codec.metadata.types.calls.values()) {
    for (const variant of variants.values()) {
      options.signal.throwIfAborted()
      known.push(await findCall(options, { pallet, variant }))
    }
  }
  return known
}

async function findCall(
  options: FindCallsOptions,
  {
    pallet,
    variant,
    salt = '',
  }: { readonly pallet: string; readonly variant: ShapeVariant; readonly salt?: string },
): Promise<KnownCall> {
  const { side, attempts } = options
  const random = createSeededRandom(seedOf(`${pallet}.${variant.name}${salt}`))
  const successes: TriedCall[] = []
  const refusals = new Map<string, TriedCall>()
  const most = variant.fields.length === 0 ? attempts / 4 : attempts * MORE
  for (let i = 0; i < most && successes.length < SUCCESSES; i++) {
    if (i >= attempts && successes.length > 0) break
    const one = makeCase(options, { pallet, variant, random, attempt: i })
    const result = one === null ? null : await side.apply(one)
    if (one === null || result === null) continue
    if (result.kind === 'success') successes.push({ one, result })
    else if (refusals.size < REFUSALS && !refusals.has(result.error))
      refusals.set(result.error, { one, result })
  }
  return {
    pallet,
    call: variant.name,
    successes,
    refusals: [...refusals.values()],
    edges: await findEdges(options, variant, successes[0]),
  }
}

/** Of the ids that the state holds, so many are tried. */
const IDS_TRIED = 16
/** In blocks with users, of one call. */
const MOST_EDGES = 4
const LONG_BYTES = `0x${'64'.repeat(100)}`

/** Numbers at which narrower integers, halves and sums run over; other ids of the state; long bytes. */
function edgesOf(pool: StatePool, type: string | null): readonly ChainInput[] {
  if (type === 'bytes') return [LONG_BYTES]
  const bits = Number(/^u(16|32|64|128)$/.exec(type ?? '')?.[1] ?? 0)
  if (bits === 0) return []
  const most = (1n << BigInt(bits)) - 1n
  const edges = [0n, (1n << 32n) + 5n, most].filter((edge) => edge <= most)
  const ids = bits === 16 ? pool.ofType('u16').slice(0, IDS_TRIED) : []
  return [...edges, ...ids]
}

async function findEdges(
  { side, pool }: FindCallsOptions,
  { fields }: ShapeVariant,
  success: TriedCall | undefined,
): Promise<readonly TriedCall[]> {
  if (success === undefined) return []
  const { types } = side.runtime.codec.metadata
  const found: TriedCall[] = []
  for (const { name, type } of fields) {
    if (name === null) continue
    for (const edge of edgesOf(pool, leafType(types, type))) {
      const one = { ...success.one, args: { ...success.one.args, [name]: edge } }
      const result = await side.apply(one)
      if (result !== null) found.push({ one, result })
    }
  }
  return found
}

/** Other cases of a call that succeed under the runtime on chain. */
export async function findMore(
  options: FindCallsOptions,
  { pallet, call }: Pick<KnownCall, 'pallet' | 'call'>,
  round: number,
): Promise<readonly TriedCall[]> {
  const pallets = [...options.side.runtime.codec.metadata.types.calls.values()]
  const variants = pallets.find((one) => one.pallet === pallet)?.variants.values() ?? []
  const variant = [...variants].find(({ name }) => name === call)
  return variant === undefined
    ? []
    : (await findCall(options, { pallet, variant, salt: ` ${round}` })).successes
}

interface Attempt {
  readonly pallet: string
  readonly variant: ShapeVariant
  readonly random: SeededRandom
  readonly attempt: number
}

function makeCase(
  { pool, rootKey }: FindCallsOptions,
  { pallet, variant, random, attempt }: Attempt,
): CallCase | null {
  const rows = random.below(5) === 0 ? pool.rows : pool.rowsOf(pallet)
  const row = rows[random.below(Math.max(rows.length, 1))] ?? null
  const origin = originOf(pool, row, { random, rootKey, attempt })
  if (origin === null) return null
  const source = {
    pool,
    row,
    random,
    listLength: [1, 0, 2, 3][random.below(4)] ?? 1,
    signer: origin.kind === 'nobody' ? null : origin.account,
    used: random.below(2) === 0 ? new Map<string, number>() : null,
  }
  const args: Record<string, ReturnType<typeof generateValue>> = {}
  for (const [position, field] of variant.fields.entries()) {
    args[field.name ?? String(position)] = generateValue(source, field.type, { name: field.name })
  }
  return { pallet, call: variant.name, args, origin }
}

interface OriginSource {
  readonly random: SeededRandom
  readonly rootKey: string | null
  readonly attempt: number
}

/** Every third attempt is root's; the others are of accounts of the entry, then of the rich. */
function originOf(pool: StatePool, row: StateRow | null, source: OriginSource): CallOrigin | null {
  const { random, rootKey, attempt } = source
  if (attempt % 3 === 1 && rootKey !== null) return { kind: 'root', account: rootKey }
  const own = (row?.leaves ?? []).filter(({ type }) => type === 'account').map(({ value }) => value)
  const accounts: readonly ChainValue[] = own.length > 0 && random.below(4) > 0 ? own : pool.rich
  const account = accounts[random.below(Math.max(accounts.length, 1))]
  return typeof account === 'string' ? { kind: 'signed', account } : null
}

/** Cases of somebody who signs, which succeed one by one. */
export function signedCases(calls: readonly KnownCall[]): readonly CallCase[] {
  return calls.flatMap(({ successes, edges }) =>
    [...successes, ...edges.slice(0, MOST_EDGES)].flatMap(({ one, result }) =>
      one.origin.kind === 'signed' && result.kind === 'success' ? [one] : [],
    ),
  )
}

/** The account that may make any call, SS58; null for a chain without sudo. */
export function sudoKey(codec: ChainCodec, get: (key: string) => Uint8Array | null): string | null {
  if (codec.item('Sudo', 'Key') === null) return null
  const stored = get(codec.storageKey('Sudo', 'Key'))
  const decoded = stored === null ? null : codec.decodeValue('Sudo', 'Key', stored)
  return decoded?.kind === 'value' && typeof decoded.value === 'string' ? decoded.value : null
}

/** FNV-1a. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  return hash >>> 0
}

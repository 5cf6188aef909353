import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DrydockError } from '../../harness/base/errors.ts'
import type { Phase } from '../../harness/chain/build/phase.ts'
import { Fork } from '../../harness/chain/fork.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { Outcome } from '../../harness/runtime/executor.ts'
import { WorkerExecutor } from '../../harness/runtime/worker/workerExecutor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { rawGenesis } from './realChain.ts'
import { RealData } from './realData.ts'

const FLIPS = 800
const COMPRESSED_FLIPS = 200
/** A thousand times what the call takes. */
const DEADLINE_MS = 2_000
const LONGEST_MS = 600_000
const NAMED: readonly Outcome['kind'][] = ['ok', 'panic', 'limit', 'missingHostFunction', 'invalid']

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const reason = data.skipReason('subtensor100')
const executor = new WorkerExecutor({ clock: { nowMs: () => performance.now() }, deadlineMs: DEADLINE_MS })

let store: Store | null = null
let original: RuntimeBlob
let initialize: Phase
beforeAll(async () => {
  if (reason !== '') return
  store = await rawGenesis(data, 'subtensor100')
  const fork = await Fork.open({ store, executor })
  original = (await fork.context()).blob
  const [first] = (await fork.buildBlock()).phases
  if (first === undefined) throw new Error('no phase')
  initialize = first
})
afterAll(async () => {
  await executor.close()
  store?.close()
})

/** `mulberry32`. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function call(blob: RuntimeBlob): Promise<Outcome> {
  const { entryPoint, input, state } = initialize
  return executor.call({ blob, entryPoint, input, state })
}

/** The kind of the outcome, or the code of the refusal. Anything else that happens is thrown. */
async function fateOf(bytes: Uint8Array): Promise<string> {
  try {
    const outcome = await call(parseRuntimeBlob(bytes))
    expect(NAMED).toContain(outcome.kind)
    return outcome.kind === 'limit' ? `limit: ${outcome.limit}` : outcome.kind
  } catch (error) {
    if (error instanceof DrydockError && error.kind === 'usage') return `refused: ${error.code}`
    throw error
  }
}

async function flipBytes(bytes: Uint8Array, count: number, seed: number): Promise<Record<string, number>> {
  const random = createRandom(seed)
  const fates: Record<string, number> = {}
  for (let i = 0; i < count; i++) {
    const mutated = bytes.slice()
    const position = random(mutated.length)
    mutated[position] = (mutated[position] ?? 0) ^ (1 + random(255))
    const fate = await fateOf(mutated)
    fates[fate] = (fates[fate] ?? 0) + 1
    // Whatever it did, the next call of the real runtime goes as it always went.
    const { kind, changes } =
      initialize.outcome.kind === 'ok' ? initialize.outcome : { kind: 'ok', changes: null }
    expect(await call(original)).toMatchObject({ kind, changes })
  }
  return fates
}

describe.skipIf(reason !== '')(`byte flips of the runtime of spec 100${reason}`, () => {
  it(`${FLIPS} of the module: each ends in a named outcome, and the next call works`, {
    timeout: LONGEST_MS,
  }, async ({ annotate }) => {
    const fates = await flipBytes(original.wasm, FLIPS, 1)
    expect(Object.values(fates).reduce((sum, n) => sum + n, 0)).toBe(FLIPS)
    await annotate(JSON.stringify(fates))
  })

  it(`${COMPRESSED_FLIPS} of the compressed file`, { timeout: LONGEST_MS }, async ({ annotate }) => {
    const fates = await flipBytes(original.submitted, COMPRESSED_FLIPS, 2)
    expect(Object.values(fates).reduce((sum, n) => sum + n, 0)).toBe(COMPRESSED_FLIPS)
    await annotate(JSON.stringify(fates))
  })
})

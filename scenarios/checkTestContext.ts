import { readFileSync } from 'node:fs'
import { Fork } from '../harness/chain/fork.ts'
import { buildGenesis } from '../harness/chain/genesisBuilder.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../harness/runtime/blob/index.ts'
import { V8Executor } from '../harness/runtime/v8/v8Executor.ts'
import type { CheckContext } from './check.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { Rehearsal } from './rehearsal.ts'

const BLOBS = new URL('./fixtures/miniSubtensor/blobs/', import.meta.url)
const SELECTOR_MARKER = 'DRYDOCK-FAULT-SELECTOR:'
const SELECTOR_OFFSET = 24

/** A blob of the miniature runtime: `v1`, `v2`, … */
export function miniature(name: string): RuntimeBlob {
  return parseRuntimeBlob(readFileSync(new URL(`${name}.compact.compressed.wasm`, BLOBS)))
}

/** The miniature's v2 with a fault of `faults.json` switched on. */
export function faulty(selector: number, argument = 0): RuntimeBlob {
  const wasm = miniature('v2-faults').wasm.slice()
  const at = Buffer.from(wasm.buffer).indexOf(SELECTOR_MARKER) + SELECTOR_OFFSET
  const view = new DataView(wasm.buffer)
  view.setUint32(at, selector, true)
  view.setUint32(at + 4, argument, true)
  return parseRuntimeBlob(wasm)
}

export interface TestContextOptions {
  readonly candidate?: RuntimeBlob
  readonly blockCount?: number
  readonly limits?: Partial<Limits>
  /** Done to the chain before the checks. */
  prepare?(fork: Fork): Promise<void>
}

/** The miniature's development chain at genesis under v1, and a candidate; v2 by default. For tests of checks. */
export async function checkTestContext(options: TestContextOptions = {}): Promise<CheckContext> {
  const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
  const runtime = { executor, blob: miniature('v1'), callOptions: {} }
  const genesis = await buildGenesis(runtime, { preset: 'development' })
  if (genesis.kind === 'failed') throw new Error(genesis.message)
  const fork = await Fork.open({ store: genesis.value, executor })
  await options.prepare?.(fork)
  const candidate = options.candidate ?? miniature('v2')
  const { signal } = new AbortController()
  const progress = () => {}
  const blockCount = options.blockCount ?? 3
  return {
    fork,
    candidate,
    rehearsal: new Rehearsal({ fork, candidate, blockCount, signal, progress }),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    secondOpinion: null,
    reproduce: (checkId) => `drydock check --only ${checkId}`,
    progress,
    signal,
  }
}

/**
 * `npm run bench`: ours against Chopsticks on the same work in one run, as ratios. Without data it uses the
 * miniature runtime in the repository; with `DRYDOCK_REAL_DATA` (see docs/realData.md) real runtimes and Finney's genesis
 * as well. `--long` also has Chopsticks run Finney's upgrade, which takes it some ten minutes. `--save` keeps the result as
 * the baseline.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { Fork } from '../../harness/chain/fork.ts'
import { buildGenesis } from '../../harness/chain/genesisBuilder.ts'
import { parseRuntimeBlob, readRuntimeBytes } from '../../harness/runtime/blob/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { WorkerExecutor } from '../../harness/runtime/worker/workerExecutor.ts'
import { readRawChainSpec } from '../../harness/state/sources/chainSpec.ts'
import type { Store } from '../../harness/state/store.ts'
import { type BenchCase, type BenchRow, runCase } from './benchCase.ts'
import { blockCase, callCase, upgradeCase } from './blockCases.ts'
import { closeChopsticks } from './chopsticksRunTask.ts'
import { epochState } from './epochState.ts'

const BASELINE = new URL('./baseline.json', import.meta.url)
const MINIATURE = new URL('../../scenarios/fixtures/miniSubtensor/blobs/', import.meta.url)
const EPOCHS = { netuids: [1, 3], neurons: 256, validators: 64 }

const clock = { nowMs: () => performance.now() }
const callOptions = { signatures: 'accept', maxLogLevel: 0 } as const
const v8 = new V8Executor({ clock })
const worker = new WorkerExecutor({ clock })

const isLong = process.argv.includes('--long')
const dataFolder = process.env['DRYDOCK_REAL_DATA'] ?? null

function open(store: Store, executor: Executor = v8): Promise<Fork> {
  return Fork.open({ store, executor, callOptions })
}

async function miniature(): Promise<BenchCase[]> {
  const [v1, v2] = await Promise.all(['v1', 'v2'].map(readMiniature))
  if (v1 === undefined || v2 === undefined) return []
  const runtime = { executor: v8, blob: v1, callOptions }
  const genesis = await buildGenesis(runtime, { preset: 'development' })
  if (genesis.kind === 'failed') throw new Error(genesis.message)
  const store = genesis.value
  const epochs = await open(store)
  epochs.setStorage(epochState((await epochs.context()).codec, EPOCHS), 'a heavy epoch')
  return [
    callCase('miniature: Core_version', { fork: await open(store), entryPoint: 'Core_version' }),
    callCase('miniature: metadata', { fork: await open(store), entryPoint: 'Metadata_metadata' }),
    blockCase({ name: 'miniature: empty block', fork: await open(store) }),
    blockCase({ name: 'miniature: empty block, worker thread', fork: await open(store, worker) }),
    blockCase({ ...epochBlock('miniature', epochs) }),
    upgradeCase({
      name: 'miniature: upgrade',
      fork: epochs,
      candidate: v2,
      rounds: 3,
      withTheirs: true,
    }),
  ]
}

async function readMiniature(name: string) {
  const path = new URL(`${name}.compact.compressed.wasm`, MINIATURE)
  return parseRuntimeBlob(await readRuntimeBytes(path.pathname))
}

/** Tempo 1: every second block has the epochs. */
function epochBlock(name: string, fork: Fork) {
  const title = `${name}: block with two epochs of ${EPOCHS.neurons} neurons, ${EPOCHS.validators} validators`
  return { name: title, fork, counts: (number: number) => number % 2 === 1, oursPerRound: 20, rounds: 3 }
}

async function realData(folder: string): Promise<BenchCase[]> {
  const cases: BenchCase[] = []
  const spec119 = join(folder, 'specs/119.json')
  if (existsSync(spec119)) {
    const { store } = await readRawChainSpec(spec119)
    const epochs = await open(store)
    epochs.setStorage(epochState((await epochs.context()).codec, EPOCHS), 'a heavy epoch')
    cases.push(
      blockCase({ name: 'subtensor 119: empty block', fork: await open(store) }),
      blockCase({
        name: 'subtensor 119: empty block, worker thread',
        fork: await open(store, worker),
      }),
      blockCase({ ...epochBlock('subtensor 119', epochs) }),
    )
  }
  const finney = join(folder, 'specs/finney.json')
  const runtime202 = join(folder, 'runtimes/202.wasm')
  if (existsSync(finney) && existsSync(runtime202)) {
    const { store } = await readRawChainSpec(finney)
    const candidate = parseRuntimeBlob(await readRuntimeBytes(runtime202))
    const name = 'Finney genesis to spec 202'
    const options = { name, candidate, rounds: 1, withTheirs: isLong }
    cases.push(upgradeCase({ ...options, fork: await open(store) }))
  }
  const genesis293 = join(folder, 'specs/293.json')
  if (existsSync(genesis293)) {
    const { store } = await readRawChainSpec(genesis293)
    cases.push(
      blockCase({
        name: 'subtensor 293 (6.5 MB, BLS imports): empty block',
        fork: await open(store),
      }),
    )
  }
  return cases
}

function report(row: BenchRow, before: BenchRow | undefined): string {
  const { oursMs, theirsMs, ratio } = row
  const ours = `${oursMs.median.toFixed(3)} ms (${oursMs.min.toFixed(3)} to ${oursMs.max.toFixed(3)}, ${oursMs.runs} runs)`
  const theirs = theirsMs === null ? 'not run' : `${theirsMs.median.toFixed(1)} ms (${theirsMs.runs} runs)`
  const times = ratio === null ? '' : `  ${ratio.toFixed(0)}x`
  const change = before?.ratio && ratio !== null ? `  (baseline ${before.ratio.toFixed(0)}x)` : ''
  return `${row.name}\n    ours ${ours}; Chopsticks ${theirs}${times}${change}\n`
}

function readBaseline(): readonly BenchRow[] {
  return existsSync(BASELINE) ? JSON.parse(readFileSync(BASELINE, 'utf8')).rows : []
}

const baseline = readBaseline()
const cases = [...(await miniature()), ...(dataFolder === null ? [] : await realData(dataFolder))]
const rows: BenchRow[] = []
for (const bench of cases) {
  const row = await runCase(bench)
  rows.push(row)
  process.stdout.write(
    report(
      row,
      baseline.find(({ name }) => name === row.name),
    ),
  )
}
await Promise.all([closeChopsticks(), worker.close()])
if (dataFolder === null) process.stdout.write('Without DRYDOCK_REAL_DATA: real runtimes were left out.\n')
if (process.argv.includes('--save')) {
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version }
  writeFileSync(BASELINE, `${JSON.stringify({ machine, rows }, null, 2)}\n`)
}

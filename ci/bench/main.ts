/**
 * `npm run bench [-- --json] [--save] [--long] [--only TEXT]`: ours against Chopsticks on the same work in one run, as
 * ratios. Without data it uses the miniature runtime in the repository; with `DRYDOCK_REAL_DATA` (see docs/realData.md)
 * real runtimes and Finney's genesis as well. `--long` also has Chopsticks upgrade Finney from a genesis file, which takes
 * it many minutes; `--only` runs the cases whose name has TEXT in it; `--save` keeps the results as the baseline.
 * Progress goes to stderr, the result to stdout. Exits with 1 when a case failed, with 2 on a flag that it does not know.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { errorMessage } from '../../harness/base/errors.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { WorkerExecutor } from '../../harness/runtime/worker/workerExecutor.ts'
import { RealData } from '../realData/realData.ts'
import { type BenchCase, type BenchRow, runCase } from './benchCase.ts'
import { createBenchFile, readBenchRows, writeBenchFile } from './benchFile.ts'
import { formatTable, formatWork, SIDE_NOTES } from './benchTable.ts'
import { closeChopsticks } from './chopsticks/index.ts'
import { miniatureCases } from './miniatureCases.ts'
import { realDataCases } from './realDataCases.ts'

const BASELINE = fileURLToPath(new URL('./baseline.json', import.meta.url))

const flags = readFlags()
const clock = { nowMs: () => performance.now() }
const executors = { thread: new V8Executor({ clock }), worker: new WorkerExecutor({ clock }) }
const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const real = realDataCases({ data, executors, isLong: flags.long })
const rows = await runAll([...miniatureCases(executors), ...real.cases])
await Promise.all([closeChopsticks(), executors.worker.close(), executors.thread.close()])

const file = createBenchFile(rows)
process.stdout.write(flags.json ? `${JSON.stringify(file, null, 2)}\n` : report(rows))
for (const line of real.leftOut) process.stderr.write(`left out: ${line}\n`)
if (flags.save) writeBenchFile(BASELINE, rows)
if (rows.some(({ kind }) => kind === 'failed')) process.exitCode = 1

async function runAll(cases: readonly BenchCase[]): Promise<readonly BenchRow[]> {
  const done: BenchRow[] = []
  for (const bench of cases.filter(({ name }) => name.includes(flags.only))) {
    const startMs = performance.now()
    const row = await runCase(bench)
    done.push(row)
    // A call that hangs or broke off would hold up the next case.
    if (row.kind === 'failed') await closeChopsticks()
    process.stderr.write(`${row.name}: ${row.kind}, ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`)
  }
  return done
}

function report(all: readonly BenchRow[]): string {
  const { cpu, cores, node } = file.machine
  const table = formatTable(all, readBenchRows(BASELINE))
  return `${table}\n${SIDE_NOTES}\n\nWork of the last block of each:\n${formatWork(all)}\n${cpu}, ${cores} cores, Node ${node}\n`
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        save: { type: 'boolean', default: false },
        long: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${errorMessage(error)}\n`)
    process.exit(2)
  }
}

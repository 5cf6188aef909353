import { type EpochMeasurement, type EpochSize, measureEpoch } from '../../../fuzz/consensus/index.ts'
import { DrydockError } from '../../../harness/base/errors.ts'
import { toSafeText } from '../../../harness/base/safeText.ts'
import { Fork } from '../../../harness/chain/fork.ts'
import { CODE_KEY } from '../../../harness/chain/plainKey.ts'
import { parseRuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { createStreamLogger } from '../../cli/streamLogger.ts'
import { openForkSource } from '../../inputs/openForkSource.ts'
import { readRuntime } from '../../inputs/readRuntime.ts'
import { withExecutor } from '../../inputs/withExecutor.ts'

export interface MeasureEpochCommandOptions {
  /** Default `demo`. */
  readonly fork?: string
  /** Default: the runtime in the state. */
  readonly runtime?: string
  readonly netuid: number
  readonly sizes: readonly number[]
  readonly validators: number
  /** Of one call, in milliseconds. */
  readonly deadline: number
  readonly isJson: boolean
}

/** `drydock fuzz consensus --runtime X --netuid N`: counts the instructions of the epoch that a runtime has. */
export async function measureEpochCommand(options: MeasureEpochCommandOptions, io: CliIo): Promise<ExitCode> {
  const path = options.fork ?? 'demo'
  const source = await openForkSource({
    ...{ path, stateVersion: 'auto', signal: io.signal, logger: createStreamLogger(io) },
  })
  try {
    const limits = { deadlineMs: options.deadline, signal: io.signal, threads: 1 }
    const measured = await withExecutor(limits, async (executor) => {
      const { store, header } = source
      const callOptions = { maxLogLevel: 0 }
      const fork = await Fork.open({ store, executor, callOptions, ...(header === null ? {} : { header }) })
      await prepare(fork, options)
      return measureEpoch(fork, { ...options, onSize: (size) => io.stderr.write(`${sizeLine(size)}\n`) })
    })
    io.stdout.write(options.isJson ? `${JSON.stringify(measured, null, 2)}\n` : render(measured))
    if (measured.kind === 'measured') return EXIT_CODE.ready
    return measured.kind === 'broken' ? EXIT_CODE.notReady : EXIT_CODE.inconclusive
  } finally {
    source.store.close()
  }
}

/** Puts the runtime into the state as it is, without its migrations: the epoch is what is measured. */
async function prepare(fork: Fork, { runtime }: MeasureEpochCommandOptions): Promise<void> {
  if (runtime !== undefined) {
    const code = await readRuntime(runtime)
    parseRuntimeBlob(code)
    fork.setStorage(new Map([[CODE_KEY, code]]), `the runtime ${runtime}`)
  }
  const { codec } = await fork.context()
  if (codec.item('SubtensorModule', 'SubnetworkN') === null) {
    throw new DrydockError('the runtime has no subnets: its metadata knows no SubtensorModule.SubnetworkN', {
      code: 'CONSENSUS_NO_SUBNETS',
      kind: 'usage',
      hints: ['Give a subtensor runtime, or a state that has one.'],
    })
  }
  // A genesis state has no time; runtimes refuse blocks without.
  const now = codec.storageKey('Timestamp', 'Now')
  if (fork.head.state.get(now) === null) {
    fork.setStorage(new Map([[now, codec.encodeValue('Timestamp', 'Now', FIRST_TIME_MS)]]), 'a first time')
  }
}

const FIRST_TIME_MS = 1_700_000_004_000n

function render(measured: EpochMeasurement): string {
  if (measured.kind === 'noEpoch') return `UNKNOWN  ${toSafeText(measured.message)}\n`
  const sizes = measured.sizes.map((size) => `  MEASURED  ${sizeLine(size)}`)
  if (measured.kind === 'broken') {
    const where = `with ${measured.n} neurons`
    return `${[...sizes, `  BROKEN    ${where}: ${toSafeText(measured.message)}`].join('\n')}\n`
  }
  const { law } = measured
  const fitted =
    law === null
      ? []
      : [
          `  FITTED    ${law.formula} instructions for n neurons and w weights, ${(100 * law.worstError).toFixed(1)} % off at most; not proved`,
        ]
  return `${['epoch of the runtime, the same in two runs', ...sizes, ...fitted].join('\n')}\n`
}

function sizeLine({ n, weights, fuel, reads, writes, heapPeakBytes }: EpochSize): string {
  return `n = ${n}, ${weights} weights: ${fuel} instructions, ${reads} reads, ${writes} writes, heap ${heapPeakBytes} bytes`
}

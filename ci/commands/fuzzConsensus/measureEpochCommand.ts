import {
  type EpochMeasurement,
  type EpochProbe,
  type EpochSize,
  measureEpoch,
  probeEpoch,
} from '../../../fuzz/consensus/index.ts'
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
    const answer = await withExecutor(limits, async (executor) => {
      const { store, header } = source
      const callOptions = { maxLogLevel: 0 }
      const fork = await Fork.open({ store, executor, callOptions, ...(header === null ? {} : { header }) })
      await prepare(fork, options)
      const probes = await probeEpoch(fork, options.netuid)
      const onSize = (size: EpochSize) => io.stderr.write(`${sizeLine(size)}\n`)
      return { probes, measured: await measureEpoch(fork, { ...options, onSize }) }
    })
    const text = () => `${[...answer.probes.map(probeLine), ...measuredLines(answer.measured)].join('\n')}\n`
    io.stdout.write(options.isJson ? `${JSON.stringify(answer, null, 2)}\n` : text())
    return exitCodeOf(answer)
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

interface EpochAnswer {
  readonly probes: readonly EpochProbe[]
  readonly measured: EpochMeasurement
}

function exitCodeOf({ probes, measured }: EpochAnswer): ExitCode {
  if (measured.kind === 'broken' || probes.some(({ kind }) => kind === 'panic')) return EXIT_CODE.notReady
  const isWhole = measured.kind === 'measured' && probes.every(({ kind }) => kind === 'returned')
  return isWhole ? EXIT_CODE.ready : EXIT_CODE.inconclusive
}

function probeLine({ kind, name, message }: EpochProbe): string {
  if (kind === 'returned') return `  RETURNED  ${name}`
  return `  ${kind === 'panic' ? 'BROKEN ' : 'UNKNOWN'}   ${name}: ${toSafeText(message)}`
}

function measuredLines(measured: EpochMeasurement): readonly string[] {
  if (measured.kind === 'noEpoch') return [`  UNKNOWN   ${toSafeText(measured.message)}`]
  const sizes = measured.sizes.map((size) => `  MEASURED  ${sizeLine(size)}`)
  if (measured.kind === 'broken') {
    return [...sizes, `  BROKEN    with ${measured.n} neurons: ${toSafeText(measured.message)}`]
  }
  const { law } = measured
  if (law === null) return sizes
  const off = (100 * law.worstError).toFixed(1)
  return [
    ...sizes,
    `  FITTED    ${law.formula} instructions for n neurons and w weights, ${off} % off at most; not proved`,
  ]
}

function sizeLine({ n, weights, fuel, reads, writes, heapPeakBytes }: EpochSize): string {
  return `n = ${n}, ${weights} weights: ${fuel} instructions, ${reads} reads, ${writes} writes, heap ${heapPeakBytes} bytes`
}

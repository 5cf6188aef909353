import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ConsensusFinding,
  counterexampleFromJson,
  counterexampleOf,
  counterexampleToJson,
  type FuzzConsensusResult,
  fuzzInThread,
  replayCounterexample,
} from '../../../fuzz/consensus/index.ts'
import { DrydockError } from '../../../harness/base/errors.ts'
import { toSafeText } from '../../../harness/base/safeText.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { renderFuzzConsensus } from './renderFuzzConsensus.ts'

export interface FuzzConsensusCommandOptions {
  readonly modulePath: string
  readonly runs: number
  readonly seed: number
  readonly out?: string
  readonly reference: 'yuma' | 'none'
  readonly largest: { readonly maxN: number; readonly cap: number }
  readonly maxPages: number
  /** Milliseconds. */
  readonly deadline: number
  /** A counterexample's file. */
  readonly replay?: string
  readonly isJson: boolean
}

/** Larger files are refused before they are read: a module has at most 1 MiB, a counterexample some more as text. */
const MAX_FILE_BYTES = 64 << 20

/** `drydock fuzz consensus FILE`: ends with `notReady` when the function is at fault. */
export async function fuzzConsensusCommand(
  options: FuzzConsensusCommandOptions,
  io: CliIo,
): Promise<ExitCode> {
  const wasm = await readWhole(options.modulePath)
  return options.replay === undefined ? search(wasm, options, io) : replay(wasm, options.replay, io)
}

async function search(wasm: Uint8Array, options: FuzzConsensusCommandOptions, io: CliIo): Promise<ExitCode> {
  const { runs, seed, largest, maxPages } = options
  const reference = options.reference === 'none' ? null : options.reference
  io.stderr.write(`fuzzing ${toSafeText(options.modulePath)} with seed ${seed}\n`)
  const answer = await fuzzInThread(wasm, {
    ...{ runs, seed, largest, maxPages, reference, deadlineMs: options.deadline, signal: io.signal },
    onFinding: ({ title, n }) => io.stderr.write(`found with ${n} neurons: ${title}\n`),
  })
  if (answer.kind === 'deadline') {
    io.stderr.write(
      `the deadline of ${options.deadline} ms ended the search: no verdict on what it had not reached\n`,
    )
    return answer.findings.length > 0 ? EXIT_CODE.notReady : EXIT_CODE.inconclusive
  }
  const { result } = answer
  const files = await writeCounterexamples(result, { ...options, reference })
  io.stdout.write(options.isJson ? toJson(result, files) : renderFuzzConsensus(result, files))
  return exitCodeOf(result)
}

function exitCodeOf({ findings, problems }: FuzzConsensusResult): ExitCode {
  if (problems.some(({ rule }) => rule === 'format')) return EXIT_CODE.usage
  return findings.length === 0 && problems.length === 0 ? EXIT_CODE.ready : EXIT_CODE.notReady
}

/** File of each finding, in order; none without a folder to write to. */
async function writeCounterexamples(
  { findings, moduleSha256 }: FuzzConsensusResult,
  {
    out,
    maxPages,
    reference,
  }: { readonly out?: string; readonly maxPages: number; readonly reference: 'yuma' | null },
): Promise<readonly string[]> {
  if (out === undefined || findings.length === 0) return []
  await mkdir(out, { recursive: true })
  const files: string[] = []
  for (const [i, finding] of findings.entries()) {
    const path = join(out, fileName(finding, i))
    await writeFile(
      path,
      counterexampleToJson(counterexampleOf(finding, moduleSha256, { maxPages, reference })),
    )
    files.push(path)
  }
  return files
}

const fileName = ({ property }: ConsensusFinding, i: number): string => `${i + 1}-${property}.json`

async function replay(wasm: Uint8Array, path: string, io: CliIo): Promise<ExitCode> {
  const example = counterexampleFromJson(Buffer.from(await readWhole(path)).toString('utf8'))
  if (example === null) {
    throw new DrydockError(`${path} is not a counterexample of a consensus function`, {
      code: 'CONSENSUS_COUNTEREXAMPLE',
      kind: 'usage',
      hints: ['Give a file that `drydock fuzz consensus --out DIR` wrote.'],
    })
  }
  const replayed = replayCounterexample(wasm, example)
  if (replayed.kind === 'refused') {
    io.stdout.write(`REFUSED  ${toSafeText(replayed.message)}\n`)
    return EXIT_CODE.notReady
  }
  if (replayed.kind === 'passes') {
    io.stdout.write(`PASSES  ${toSafeText(example.title)}: not on this module\n`)
    return EXIT_CODE.ready
  }
  io.stdout.write(`BROKEN  ${toSafeText(example.title)}\n  ${toSafeText(replayed.violation.message)}\n`)
  return EXIT_CODE.notReady
}

function toJson(result: FuzzConsensusResult, files: readonly string[]): string {
  const { searched, ...rest } = result
  // The corpus is for going on with a search, not for a reader of results.
  const shown = {
    ...rest,
    searched: searched === null ? null : { ...searched, corpus: searched.corpus.length },
    files,
  }
  return `${JSON.stringify(shown, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`
}

async function readWhole(path: string): Promise<Uint8Array> {
  const file = await open(path).catch(() => null)
  try {
    const status = (await file?.stat()) ?? null
    if (file === null || status === null || !status.isFile()) {
      throw new DrydockError(`${path} cannot be read: there is no such file, or it is not a regular one`, {
        code: 'CONSENSUS_FILE',
        kind: 'usage',
      })
    }
    if (status.size > MAX_FILE_BYTES) {
      throw new DrydockError(`${path} has ${status.size} bytes; the limit is ${MAX_FILE_BYTES}`, {
        code: 'CONSENSUS_FILE',
        kind: 'usage',
      })
    }
    return new Uint8Array(await file.readFile())
  } finally {
    await file?.close()
  }
}

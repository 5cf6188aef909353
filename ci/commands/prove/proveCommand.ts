import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  type CertificateCheck,
  certificateToJson,
  hasZ3,
  type ProofResult,
  proveInThread,
  renderProof,
} from '../../../fuzz/prove/index.ts'
import { DrydockError, errorMessage } from '../../../harness/base/errors.ts'
import { toSafeText } from '../../../harness/base/safeText.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'

export interface ProveCommandOptions {
  readonly modulePath: string
  readonly checkPath: string | null
  readonly certificatePath: string | null
  /** `z3`, `none`, a path, or null for z3 where it is installed. */
  readonly solver: string | null
  readonly shapes: string | null
  readonly timeMs: number
  readonly maxSteps: number
  readonly requiresProof: boolean
  readonly isJson: boolean
}

const MAX_FILE_BYTES = 64 << 20

/**
 * `drydock prove`: prints what is proved of a module and what is not. Exit code 1 when an input breaks a rule, when a
 * certificate does not agree, and with `requiresProof` when anything is unknown. Throws `DrydockError` for files that are
 * none.
 */
export async function proveCommand(options: ProveCommandOptions, io: CliIo): Promise<ExitCode> {
  const wasm = await readInput(options.modulePath)
  const certificate =
    options.checkPath === null ? null : new TextDecoder().decode(await readInput(options.checkPath))
  const { shapes, timeMs, maxSteps } = options
  const answer = await proveInThread(
    { wasm, certificate, solver: chooseSolver(options.solver), shapes, timeMs, maxSteps },
    { signal: io.signal, onProgress: (text) => io.stderr.write(`${toSafeText(text)}\n`) },
  )
  return answer.kind === 'checked'
    ? showCheck(answer.check, options, io)
    : showProof(answer.result, options, io)
}

async function showProof(result: ProofResult, options: ProveCommandOptions, io: CliIo): Promise<ExitCode> {
  const json = certificateToJson(result)
  if (options.certificatePath !== null) {
    await writeFile(options.certificatePath, json).catch((error: unknown) => {
      throw fileError(`can't write ${options.certificatePath}: ${errorMessage(error)}`, 'PROVE_WRITE')
    })
  }
  io.stdout.write(options.isJson ? json : renderProof(result, basename(options.modulePath)))
  if (result.verdict === 'BROKEN') return EXIT_CODE.notReady
  return result.verdict === 'UNKNOWN' && options.requiresProof ? EXIT_CODE.notReady : EXIT_CODE.ready
}

function showCheck(check: CertificateCheck, options: ProveCommandOptions, io: CliIo): ExitCode {
  const { needed, asked } = check.queries
  const queries = needed === 0 ? 'no query was needed' : `${needed} queries, ${asked} of them asked again`
  const lines = check.agrees
    ? [`The certificate agrees with a new judgement of the module (${queries}).`]
    : ['The certificate does not agree.', ...check.differences.map((one) => `  ${toSafeText(one)}`)]
  io.stdout.write(options.isJson ? `${JSON.stringify(check, null, 2)}\n` : `${lines.join('\n')}\n`)
  return check.agrees ? EXIT_CODE.ready : EXIT_CODE.notReady
}

function chooseSolver(name: string | null): string | null {
  if (name === 'none') return null
  if (name === null) return hasZ3() ? 'z3' : null
  if (name !== 'z3' || hasZ3()) return name
  throw new DrydockError('z3-solver is not installed', {
    code: 'PROVE_SOLVER',
    kind: 'environment',
    hints: ['Install it with `npm install z3-solver`, or give the path of a solver that reads SMT-LIB 2.'],
  })
}

async function readInput(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes, limit ${MAX_FILE_BYTES}`)
    return new Uint8Array(await readFile(path))
  } catch (error) {
    throw fileError(`can't read ${toSafeText(path)}: ${errorMessage(error)}`, 'PROVE_READ')
  }
}

function fileError(message: string, code: string): DrydockError {
  return new DrydockError(message, { code, kind: 'usage', hints: ['Check the path.'] })
}

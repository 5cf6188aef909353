import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorMessage } from '../../../harness/base/errors.ts'
import { parseAnswer, withCommands } from './parseAnswer.ts'
import type { Solver, SolverAnswer, SolverQuery } from './solver.ts'

const MAX_OUTPUT_BYTES = 16 << 20

/** A program that reads SMT-LIB 2 from the file it is given, as z3, bitwuzla and cvc5 do. It is killed at the deadline. */
export function createExternalSolver(path: string): Solver {
  return {
    name: path,
    async check(query) {
      const folder = await mkdtemp(join(tmpdir(), 'drydock-prove-'))
      try {
        const file = join(folder, 'query.smt2')
        const options = query.names.length === 0 ? '' : '(set-option :produce-models true)\n'
        await writeFile(file, options + withCommands(query.text, query.names))
        return await runProgram(path, file, query)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

function runProgram(path: string, file: string, { timeoutMs, signal }: SolverQuery): Promise<SolverAnswer> {
  return new Promise((resolve) => {
    const child = spawn(path, [file], { stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    let ended: string | null = null
    const end = (reason: string) => {
      ended ??= reason
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => end(`no answer within ${timeoutMs} ms`), timeoutMs)
    const interrupt = () => end('interrupted')
    signal?.addEventListener('abort', interrupt, { once: true })
    const finish = (answer: SolverAnswer) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupt)
      resolve(answer)
    }
    child.stdout.setEncoding('utf8')
    child.stdout.on('data', (text: string) => {
      output += text
      if (output.length > MAX_OUTPUT_BYTES) end(`more than ${MAX_OUTPUT_BYTES} bytes of output`)
    })
    child.on('error', (error) => finish({ kind: 'unknown', reason: errorMessage(error) }))
    child.on('close', () => finish(ended === null ? parseAnswer(output) : { kind: 'unknown', reason: ended }))
  })
}

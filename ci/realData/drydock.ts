import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const PROGRAM = fileURLToPath(new URL('../bin/drydock.js', import.meta.url))
const LONGEST_MS = 120_000

/** The command line as a user runs it, in a process of its own. */
export async function drydock(...argv: readonly string[]) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [PROGRAM, ...argv], {
    reject: false,
    stdin: 'ignore',
    env: { NO_COLOR: '1' },
    timeout: LONGEST_MS,
  })
  return { exitCode, stdout, stderr }
}

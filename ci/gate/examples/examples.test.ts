import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const WORKFLOW = join(ROOT, 'examples/workflow.yml')
const LONGEST_MS = 240_000

const workflowSchema = z.object({
  jobs: z.object({ check: z.object({ steps: z.array(z.object({ run: z.string().optional() })) }) }),
})

/** An `npx` that starts the tool of this clone, whatever package it is asked for. */
function npxOf(folder: string): string {
  const tool = join(ROOT, 'ci/bin/drydock.js')
  const script = `#!/bin/sh\nwhile [ "$1" != "\${1#-}" ]; do shift; done\nshift\nexec "${process.execPath}" "${tool}" "$@"\n`
  writeFileSync(join(folder, 'npx'), script, { mode: 0o755 })
  return folder
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-examples-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('examples/workflow.yml', () => {
  it('ends well, step by step, and its report has the example invariant', {
    timeout: LONGEST_MS,
  }, async () => {
    const { steps } = workflowSchema.parse(parse(readFileSync(WORKFLOW, 'utf8'))).jobs.check
    const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]))
    expect(commands).toHaveLength(2)
    const env = { PATH: `${npxOf(folder)}${delimiter}${process.env['PATH'] ?? ''}` }
    for (const command of commands) {
      const inScratch = command.replace('--out drydock-out', `--out ${join(folder, 'out')}`)
      const { exitCode, stderr } = await execa('bash', ['-c', inScratch], { cwd: ROOT, env, reject: false })
      expect(`${exitCode} ${exitCode === 0 ? '' : stderr}`).toBe('0 ')
    }
    const report = JSON.parse(readFileSync(join(folder, 'out/report.json'), 'utf8'))
    expect(report.checks).toContainEqual(
      expect.objectContaining({ id: 'invariants.subnetLimits', status: 'passed' }),
    )
  })
})

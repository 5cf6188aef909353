import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CheckReport, renderJson } from '../../../reports/index.ts'
import { runCli } from '../runCli.testkit.ts'
import { readReportFile } from './readReportFile.ts'

const ARGUMENTS = ['check', '--fork', 'demo', '--runtime', 'demo:call-encoding', '--blocks', '2', '--quiet']
const SELECTION = ['--only', 'blob,upgrade.apply,metadata']

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-shards-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(
  name: string,
  more: readonly string[],
): Promise<{ exitCode: number; report: CheckReport }> {
  const out = join(folder, name)
  const { exitCode } = await runCli([...ARGUMENTS, ...SELECTION, ...more, '--out', out])
  return { exitCode, report: readReportFile(out) }
}

/** Without what differs from run to run, and what tells shards apart. */
function comparable({ mergedFrom: _, startedAt: _started, ...report }: CheckReport): unknown {
  const text = renderJson(report)
  return JSON.parse(text, (key, value: unknown) =>
    /Ms$|^heapPeakBytes$/.test(key) && typeof value === 'number' && !/^block(Warn|Fail)Ms$/.test(key)
      ? 0
      : value,
  )
}

describe('shards of a run', () => {
  it('make the report of the whole run when they are merged', { timeout: 300_000 }, async () => {
    const whole = await run('whole', [])
    const first = await run('first', ['--shard', '1/2'])
    const second = await run('second', ['--shard', '2/2'])
    expect(first.report.checks.length + second.report.checks.length).toBe(whole.report.checks.length)
    const out = join(folder, 'merged')
    const merged = await runCli([
      'report',
      'merge',
      join(folder, 'second'),
      join(folder, 'first'),
      '--out',
      out,
    ])
    expect(merged.exitCode).toBe(whole.exitCode)
    expect(whole.exitCode).toBe(1)
    expect(comparable(readReportFile(out))).toEqual(comparable(whole.report))
  })
})

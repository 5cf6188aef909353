import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CheckReport, checksToVerdict } from '../../../reports/index.ts'
import { FINDING, FULL_REPORT, READY_REPORT } from '../../../reports/sampleReport.testkit.ts'
import { REPORTERS } from '../../reporting/reporterNames.ts'
import { writeReportFiles } from '../../reporting/writeReportFiles.ts'
import { runCli } from '../runCli.testkit.ts'

let folder = ''
const path = (name: string) => join(folder, name)

function shard(index: number): CheckReport {
  const checks = READY_REPORT.checks.slice(index - 1, index)
  const requested = READY_REPORT.checks.map(({ id }) => id)
  return { ...READY_REPORT, checks, verdict: checksToVerdict(checks), shard: { index, count: 2, requested } }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-report-'))
  writeReportFiles(path('full'), FULL_REPORT, REPORTERS)
  writeReportFiles(path('ready'), READY_REPORT, [])
  writeReportFiles(path('shard1'), shard(1), [])
  writeReportFiles(path('shard2'), shard(2), [])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('drydock report', () => {
  it('prints a report again, and ends well whatever its verdict', async () => {
    const run = await runCli(['report', path('full')])
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toMatch(/^NOT READY/)
    const json = await runCli(['report', path('full'), '--json'])
    expect(JSON.parse(json.stdout).verdict).toBe('notReady')
  })

  it('prints what --reporter names, in its order', async () => {
    const { stdout } = await runCli(['report', path('full'), '--reporter', 'junit,github'])
    expect(stdout).toMatch(/^<\?xml[\s\S]*NOT READY[\s\S]*\n::error /)
  })

  it('writes all formats, or those named, into a folder', async () => {
    const all = await runCli(['report', path('ready'), '--out', path('all')])
    expect(all.stdout).toMatch(/^READY/)
    expect(readdirSync(path('all')).toSorted()).toEqual([
      'comment.md',
      'junit.xml',
      'report.html',
      'report.json',
      'report.md',
      'report.sarif',
    ])
    const some = await runCli(['report', path('ready'), '--out', path('some'), '--reporter', 'sarif'])
    expect(some.stdout).toBe('')
    expect(readdirSync(path('some')).toSorted()).toEqual(['report.json', 'report.sarif'])
    const github = await runCli(['report', path('full'), '--out', path('github'), '--reporter', 'github'])
    expect(github.stdout).toContain('\n::error ')
    expect(readdirSync(path('github'))).toHaveLength(6)
  })

  it.each([
    [['report'], "missing required argument 'dir'", 2],
    [['report', '/nowhere'], 'cannot read a report from /nowhere', 2],
    [['report', 'x', '--reporter', 'pdf'], 'Expected some of terminal, github, html', 2],
    [['report', 'merge'], "missing required argument 'dirs'", 2],
    [['report', 'diff', 'x'], "missing required argument 'after'", 2],
  ])('%j', async (argv, message, exitCode) => {
    const run = await runCli(argv)
    expect(run).toMatchObject({ exitCode, stdout: '' })
    expect(run.stderr).toContain(message)
  })

  it('cannot write where a file stands: environment', async () => {
    const run = await runCli(['report', path('ready'), '--out', join(path('ready'), 'report.json')])
    expect(run.exitCode).toBe(3)
    expect(run.stderr).toContain("can't be written")
  })
})

describe('drydock report merge', () => {
  it('joins shards and ends as the whole run', async () => {
    const run = await runCli([
      'report',
      'merge',
      path('shard2'),
      path('shard1'),
      '--json',
      '--out',
      path('merged'),
    ])
    expect(run.exitCode).toBe(0)
    const { mergedFrom, ...merged } = JSON.parse(run.stdout)
    const whole = JSON.parse((await runCli(['report', path('ready'), '--json'])).stdout)
    expect(merged).toEqual(whole)
    expect(mergedFrom).toHaveLength(2)
    expect((await runCli(['report', path('merged')])).stdout).toMatch(/^READY/)
  })

  it('refuses what does not belong together', async () => {
    const run = await runCli(['report', 'merge', path('shard1'), path('ready')])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(`these reports can't be merged: ${path('ready')} is not a shard`)
  })
})

describe('drydock report diff', () => {
  it('lists what is new, and fails when that counts', async () => {
    const worse = await runCli(['report', 'diff', path('ready'), path('full')])
    expect(worse.exitCode).toBe(1)
    expect(worse.stdout).toContain(
      `New findings (${FULL_REPORT.checks.flatMap(({ findings }) => findings).length})`,
    )
    const better = await runCli(['report', 'diff', path('full'), path('ready'), '--json'])
    expect(better.exitCode).toBe(0)
    expect(JSON.parse(better.stdout).goneFindings[0].rule).toBe(FINDING.rule)
  })
})

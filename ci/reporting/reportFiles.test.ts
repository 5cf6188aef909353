import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseReport } from '../../reports/index.ts'
import { FULL_REPORT, READY_REPORT } from '../../reports/sampleReport.testkit.ts'
import { readReportFile } from '../commands/report/readReportFile.ts'
import { REPORT_FILES, REPORTERS } from './reporterNames.ts'
import { writeReportFiles } from './writeReportFiles.ts'

const ALL_FILES = [...REPORT_FILES.values()].toSorted()

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-out-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('writeReportFiles', () => {
  it('writes every format whole, and the JSON reads back', () => {
    const out = join(folder, 'a', 'b')
    writeReportFiles(out, FULL_REPORT, REPORTERS)
    expect(readdirSync(out).toSorted()).toEqual(ALL_FILES)
    expect(readReportFile(out)).toEqual(FULL_REPORT)
    expect(readReportFile(join(out, 'report.json'))).toEqual(FULL_REPORT)
  })

  it('leaves nothing of an earlier report, nor of a run that was killed, and nothing else alone', () => {
    const out = join(folder, 'again')
    writeReportFiles(out, FULL_REPORT, REPORTERS)
    writeFileSync(join(out, 'report.html.writing-1'), 'half')
    writeFileSync(join(out, 'mine.txt'), 'kept')
    writeReportFiles(out, READY_REPORT, ['html'])
    expect(readdirSync(out).toSorted()).toEqual(['mine.txt', 'report.html', 'report.json'])
    expect(readReportFile(out)).toEqual(READY_REPORT)
  })

  it('writes through no link', () => {
    const victim = join(folder, 'victim')
    mkdirSync(victim)
    writeFileSync(join(victim, 'report.json'), 'precious')
    symlinkSync(victim, join(folder, 'link'))
    expect(() => writeReportFiles(join(folder, 'link'), READY_REPORT, REPORTERS)).toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE', kind: 'environment' }),
    )
    const out = join(folder, 'linked')
    mkdirSync(out)
    symlinkSync(join(victim, 'report.json'), join(out, 'report.json'))
    writeReportFiles(out, READY_REPORT, REPORTERS)
    expect(readFileSync(join(victim, 'report.json'), 'utf8')).toBe('precious')
    expect(readReportFile(out)).toEqual(READY_REPORT)
  })

  it('says what it cannot write, and leaves nothing behind', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => writeReportFiles(join(folder, 'file'), READY_REPORT, REPORTERS)).toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE', kind: 'environment' }),
    )
    const out = join(folder, 'blocked')
    mkdirSync(join(out, 'report.md'), { recursive: true })
    expect(() => writeReportFiles(out, READY_REPORT, REPORTERS)).toThrow("report.md can't be written")
    expect(readdirSync(out)).not.toContain('report.json')
    expect(readdirSync(out).filter((name) => name.includes('writing'))).toEqual([])
  })

  it('never leaves half a report when it is killed', async () => {
    const out = join(folder, 'killed')
    const script = fileURLToPath(new URL('./writeReportsForever.testkit.ts', import.meta.url))
    for (const waitMs of [0, 3, 7, 15, 31, 60]) {
      await killWhileWriting(script, out, waitMs)
      for (const name of readdirSync(out).filter((entry) => ALL_FILES.includes(entry))) {
        const text = readFileSync(join(out, name), 'utf8')
        if (name === 'report.json') expect(parseReport(text).checks.length).toBeGreaterThan(0)
        else expect(text).toMatch(/\n$/)
      }
      if (existsSync(join(out, 'report.json')))
        expect(readdirSync(out)).toEqual(expect.arrayContaining(ALL_FILES))
    }
  }, 60_000)
})

describe('readReportFile', () => {
  it.each([
    ['nothing', 'REPORT_UNREADABLE'],
    ['empty', 'REPORT_UNREADABLE'],
    ['text.json', 'REPORT_UNREADABLE'],
  ])('refuses %s', (name, code) => {
    mkdirSync(join(folder, 'empty'), { recursive: true })
    writeFileSync(join(folder, 'text.json'), 'no report')
    expect(() => readReportFile(join(folder, name))).toThrow(expect.objectContaining({ code, kind: 'usage' }))
  })
})

/** Starts a process that writes reports, and kills it some time after its first one. */
function killWhileWriting(script: string, out: string, waitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', script, out], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.on('error', reject)
    child.on('exit', () => resolve())
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), waitMs))
  })
}

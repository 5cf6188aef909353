import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Progress, type ProgressOptions } from './progress.ts'

function start(options: Partial<ProgressOptions> & { readonly isTerminal?: boolean } = {}) {
  let nowMs = 0
  let stderr = ''
  const sink = {
    write: (text: string) => {
      stderr += text
    },
    isTerminal: options.isTerminal ?? false,
  }
  const { signal } = new AbortController()
  const io = { stdout: sink, stderr: sink, env: { NO_COLOR: '1' }, signal }
  const clock = { nowMs: () => nowMs }
  const progress = new Progress({ io, clock, verbosity: 'normal', logFile: null, ...options })
  const later = (ms: number) => {
    nowMs += ms
  }
  return { progress, later, written: () => stderr }
}

describe('Progress', () => {
  it('writes a line every ten seconds where there is no terminal', () => {
    const { progress, later, written } = start()
    for (let i = 0; i < 25; i++) {
      later(1_000)
      progress.update(`block ${i}`)
    }
    expect(written()).toBe('[0:10] block 9\n[0:20] block 19\n')
  })

  it('writes over one line on a terminal, and ends it before anything that stays', () => {
    const { progress, later, written } = start({ isTerminal: true })
    later(200)
    progress.update('one')
    later(200)
    progress.update('two')
    progress.line([{ text: 'passed' }])
    progress.close()
    expect(written()).toBe('\r\u001b[2K[0:00] one\r\u001b[2K[0:00] two\r\u001b[2Kpassed\n')
  })

  it('says everything when verbose, and only what is wrong when quiet', () => {
    const all = start({ verbosity: 'verbose' })
    all.progress.update('a')
    all.progress.log('debug', 'b')
    expect(all.written()).toBe('a\ndebug: b\n')
    const quiet = start({ verbosity: 'quiet' })
    quiet.progress.update('a')
    quiet.progress.line([{ text: 'b' }])
    quiet.progress.log('info', 'c')
    quiet.progress.log('warn', 'd')
    expect(quiet.written()).toBe('warn: d\n')
  })

  it('keeps everything in a log file, inert', () => {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-log-'))
    const logFile = join(folder, 'run.log')
    const { progress, later } = start({ logFile, verbosity: 'quiet' })
    progress.update('first')
    later(61_000)
    progress.log('warn', 'esc \u001b[2J')
    progress.close()
    const text = readFileSync(logFile, 'utf8')
    expect(text).toMatch(/^\[0:00\] info first\n\[1:01\] warn esc .*\n$/)
    expect(text).not.toContain('\u001b')
    rmSync(folder, { recursive: true })
    expect(() => start({ logFile })).toThrow(/can't be written/)
  })
})

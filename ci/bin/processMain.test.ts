import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import loadWabt from 'wabt'

const PROGRAM = fileURLToPath(new URL('./drydock.js', import.meta.url))

/** A runtime that never answers. */
const ENDLESS = `(module
  (memory (export "memory") 1)
  (global (export "__heap_base") i32 (i32.const 1024))
  (func (export "Core_version") (param i32 i32) (result i64) (loop (br 0)) (i64.const 0)))`

let folder = ''
let endlessPath = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-process-'))
  endlessPath = join(folder, 'endless.wasm')
  const wabt = await loadWabt()
  const module = wabt.parseWat('endless.wat', ENDLESS)
  writeFileSync(endlessPath, module.toBinary({}).buffer)
  module.destroy()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The program as a user starts it, in a process of its own. */
function start(...argv: readonly string[]) {
  return execa(process.execPath, [PROGRAM, ...argv], {
    reject: false,
    stdin: 'ignore',
    env: { NO_COLOR: '1' },
    // Given all the time it takes: killing it for good would hide how it ends.
    forceKillAfterDelay: false,
  })
}

/** A check of the demo chain that is cheap, with a configuration of the test's. */
function checkWith(name: string, config: string, options: { readonly shell?: string } = {}) {
  const path = join(folder, `${name}.config.mjs`)
  writeFileSync(path, config)
  const argv = ['check', '--fork', 'demo', '--runtime', 'demo:v2', '--only', 'blob.size', '--config', path]
  if (options.shell === undefined) return start(...argv)
  const command = [process.execPath, PROGRAM, ...argv].map((part) => `'${part}'`).join(' ')
  return execa('sh', ['-c', `${command} ${options.shell}`], { reject: false, stdin: 'ignore' })
}

describe('errors that nobody catches', () => {
  it('never end as a verdict: process.exit in a configuration', async () => {
    const run = await checkWith('exits', 'process.exit(0)')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('ended before there was a result: no verdict')
  })

  it('never end as a verdict: an await that never settles', async () => {
    const run = await checkWith('waits', 'await new Promise(() => {}); export default {}')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('never settles')
  })

  it.each([
    ['a timer', "setTimeout(() => { throw new Error('late') }, 0); export default {}"],
    ['a promise', "Promise.reject(new Error('late')); export default {}"],
  ])('never end as a verdict: %s of a configuration that throws', async (name, config) => {
    const run = await checkWith(name.replace(' ', '-'), config)
    expect(run).toMatchObject({ exitCode: 70, stdout: '' })
    expect(run.stderr).toContain('late')
  })

  it('are of the machine when it refuses: a full disk behind stdout', async () => {
    const run = await checkWith('full', 'export default {}', { shell: '> /dev/full' })
    expect(run.exitCode).toBe(3)
    expect(run.stderr).toContain('the machine refused: ENOSPC')
  })
})

describe('the drydock process', () => {
  it('runs from sources without a build', async () => {
    expect(await start('--version')).toMatchObject({ exitCode: 0, stdout: '0.1.0', stderr: '' })
  })

  it('hands the exit code on', async () => {
    const run = await start('inspect', join(folder, 'nothing.wasm'))
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('the file does not exist')
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s stops a runtime that never answers, with exit code %i and no result',
    async (signal, exitCode) => {
      const run = start('inspect', endlessPath)
      run.stderr.once('data', () => run.kill(signal))
      const result = await run
      expect(result).toMatchObject({ exitCode, stdout: '' })
      expect(result.stderr).toMatch(/\nstopped before the end: no verdict$/)
    },
  )

  it.each([
    [100, 'SIGINT', 130],
    [1_500, 'SIGTERM', 143],
    [4_000, 'SIGINT', 130],
    [7_000, 'SIGTERM', 143],
  ] as const)(
    'after %i ms of a check, %s leaves no half result, and the next run starts clean',
    { timeout: 60_000 },
    async (afterMs, signal, exitCode) => {
      const out = join(folder, `baseline-${afterMs}.json`)
      const base = ['--write-baseline', out, '--reason', 'test', '--until', '2099-01-01']
      const run = start('check', '--fork', 'demo', '--runtime', 'demo:call-encoding', ...base)
      const timer = setTimeout(() => run.kill(signal), afterMs)
      const result = await run
      clearTimeout(timer)
      expect(result.stdout).toBe('')
      // Before the program has begun to listen, the signal ends the process by itself.
      if (result.signal === undefined) expect(result.exitCode).toBe(exitCode)
      else expect(result.signal).toBe(signal)
      expect(readdirSync(folder).filter((name) => name.startsWith('baseline-'))).toEqual([])
    },
  )
})

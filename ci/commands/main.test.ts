import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from './runCli.testkit.ts'

/** A module with a memory and nothing else. */
const TINY_WASM = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1])

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-cli-'))
  writeFileSync(join(folder, 'empty.wasm'), '')
  writeFileSync(join(folder, 'text.wasm'), 'not a runtime at all, just words')
  writeFileSync(join(folder, 'spec.json'), '{"name":"x","genesis":{"raw":{}}}')
  writeFileSync(join(folder, 'plain.json'), '{"name":"x","id":"x","genesis":{"runtime":{}}}')
  writeFileSync(join(folder, 'tiny.wasm'), TINY_WASM)
  writeFileSync(join(folder, 'cut.wasm'), new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 200]))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('help and version', () => {
  it('prints the version of the package', async () => {
    expect(await runCli(['--version'])).toEqual({ exitCode: 0, stdout: '0.1.0\n', stderr: '' })
  })

  it('prints help on stdout when it was asked for', async () => {
    const run = await runCli(['--help'])
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toContain('Usage: drydock')
    expect(run.stdout).toContain('Exit codes:')
    expect((await runCli(['check', '--help'])).stdout).toContain('--fork <source>')
    expect((await runCli(['inspect', '--help'])).exitCode).toBe(0)
  })
})

describe('usage errors', () => {
  it.each([
    [[], 'Usage: drydock'],
    [['chekc'], "unknown command 'chekc'\n(Did you mean check?)"],
    [['check'], "required option '--fork <source>' not specified"],
    [['check', '--fork', 'x'], "required option '--runtime <file>' not specified"],
    [['check', '--frok', 'x'], "unknown option '--frok'\n(Did you mean --fork?)"],
    [['check', '--fork', 'x', '--runtime', 'y', '--blocks', '0'], 'Expected an integer from 1 to 100000.'],
    [['check', '--fork', 'x', '--runtime', 'y', '--blocks', '1e3'], 'Expected an integer from 1 to 100000.'],
    [['check', '--fork', 'x', '--runtime', 'y', '--deadline', '10'], 'such as 500ms, 30s or 5m'],
    [
      ['check', '--fork', 'x', '--runtime', 'y', '--heap-pages', '-1'],
      'Expected an integer from 1 to 65535.',
    ],
    [['check', '--fork', 'x', '--runtime', 'y', '--state-version', '2'], 'Expected auto, 0 or 1.'],
    [['check', '--fork', 'x', '--runtime', 'y', '--only', 'a,,b'], 'none of them empty'],
    [['inspect'], "missing required argument 'runtime'"],
    [['inspect', 'a', 'b'], 'too many arguments'],
  ])('%j', async (argv, message) => {
    const run = await runCli(argv)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(message)
  })

  it('prints a hostile argument inert', async () => {
    const run = await runCli(['check', '--\u001b[2J\n::error::\u202e'])
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toContain('\\x1b[2J\\n::error::\\u{202e}')
  })
})

describe('files that are not runtimes', () => {
  it.each([
    ['nothing.wasm', 'the file does not exist'],
    ['.', 'it is a directory'],
    ['empty.wasm', 'empty'],
    ['text.wasm', 'not a wasm runtime'],
    ['spec.json', 'the file is JSON'],
    ['cut.wasm', 'truncated'],
  ])('inspect %s', async (name, message) => {
    const run = await runCli(['inspect', join(folder, name)])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toMatch(/^error: /)
    expect(run.stderr).toContain(message)
    expect(run.stderr).toContain('hint: ')
  })

  it('uses colors when forced and only then', async () => {
    const argv = ['inspect', join(folder, 'nothing.wasm')]
    expect((await runCli(argv, { env: { FORCE_COLOR: '1' } })).stderr).toContain('\u001b[31merror: ')
    expect((await runCli(argv, { isTerminal: true })).stderr).toContain('\u001b[31merror: ')
    expect((await runCli(argv, { isTerminal: true, env: { NO_COLOR: '1' } })).stderr).toMatch(/^error: /)
    expect((await runCli(argv)).stderr).toMatch(/^error: /)
  })
})

describe('forks that are none', () => {
  it.each([
    ['nothing.json', 'the file does not exist'],
    ['.', 'is not a regular file'],
    ['text.wasm', 'not what a chain spec has to be'],
    ['plain.json', 'plain chain spec'],
    ['spec.json', 'top'],
  ])('check --fork %s', async (name, message) => {
    const run = await runCli(['check', '--fork', join(folder, name), '--runtime', join(folder, 'tiny.wasm')])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('error: ')
    expect(run.stderr).toContain(message)
    expect(run.stderr).toContain('hint: ')
  })

  it('check looks at the runtime first', async () => {
    const run = await runCli(['check', '--fork', 'nothing.json', '--runtime', join(folder, 'text.wasm')])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('not a wasm runtime')
  })
})

describe('signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s ends with %i and prints no result', async (reason, exitCode) => {
    const run = await runCli(['inspect', join(folder, 'nothing.wasm')], { signal: AbortSignal.abort(reason) })
    expect(run).toEqual({ exitCode, stdout: '', stderr: 'stopped before the end: no verdict\n' })
  })
})

import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli } from '../runCli.testkit.ts'

const example = (name: string) =>
  fileURLToPath(new URL(`../../../fuzz/consensus/examples/wasm/${name}.wasm`, import.meta.url))
const out = await mkdtemp(join(tmpdir(), 'drydock-consensus-'))
afterAll(() => rm(out, { recursive: true, force: true }))

const QUICK = ['--runs', '300', '--largest', '64x8']
const fuzz = (...argv: readonly string[]) => runCli(['fuzz', 'consensus', ...argv])

describe('drydock fuzz consensus MODULE', () => {
  it('says what is broken, writes a file that shows it again, and ends with 1', async () => {
    const run = await fuzz(example('badDivZero'), ...QUICK, '--out', out)
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toMatch(/BROKEN {2}The function ends in a trap\n.*core::panicking::panic/)
    expect(run.stdout).toContain('smallest subnet found: 1')
    const [file = ''] = await readdir(out)
    expect(file).toBe('1-trap.json')
    const again = await fuzz(example('badDivZero'), '--replay', join(out, file))
    expect(again).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('BROKEN') })
    const fixed = await fuzz(example('goodMean'), '--replay', join(out, file))
    expect(fixed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('PASSES') })
  })

  it('ends with 0 when it finds nothing, and claims no more than that', async () => {
    const run = await fuzz(example('goodYuma'), ...QUICK, '--reference', 'yuma')
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain('NOTHING FOUND')
    expect(run.stdout).toContain('not shown that no other input breaks it')
    expect(run.stdout).not.toMatch(/\b(safe|PROVED|verified)\b/)
  })

  it('prints JSON with stakes as strings', async () => {
    const run = await fuzz(example('badWrapZero'), ...QUICK, '--json')
    expect(JSON.parse(run.stdout)).toMatchObject({ findings: [{ property: 'trap', n: 2 }], problems: [] })
  })

  it('ends with 4 when a deadline comes first', async () => {
    const run = await fuzz(example('goodMean'), '--runs', '1000000000', '--deadline', '1s')
    expect(run).toMatchObject({ exitCode: 4, stdout: '' })
    expect(run.stderr).toContain('the deadline of 1000 ms ended the search')
  })

  it.each([
    [[], 'give either a module, or --runtime or --fork'],
    [[example('goodMean'), '--fork', 'demo'], 'give either a module, or --runtime or --fork'],
    [['no-such.wasm'], 'no-such.wasm cannot be read'],
    [[example('goodMean'), '--largest', '0x8'], 'Expected neurons and cells of a row, such as 4096x64.'],
    [
      [example('goodMean'), '--replay', example('goodMean')],
      'is not a counterexample of a consensus function',
    ],
    [['--fork', 'demo', '--sizes', '16,8'], 'Expected ascending numbers'],
  ])('ends with 2 for %j', async (argv, message) => {
    const run = await fuzz(...argv)
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toContain(message)
  })

  it('ends with 2 for a file that is not a module', async () => {
    const run = await fuzz(fileURLToPath(import.meta.url))
    expect(run).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining('not a valid WebAssembly module'),
    })
  })
})

describe('drydock fuzz consensus --runtime', () => {
  it('counts the epoch of a runtime of the demo chain', async () => {
    const run = await fuzz('--runtime', 'demo:v1', '--sizes', '4', '--validators', '4')
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain('RETURNED  the weights of neurons that have left')
    expect(run.stdout).toMatch(/MEASURED {2}n = 4, 6 weights: \d+ instructions/)
  }, 120_000)
})

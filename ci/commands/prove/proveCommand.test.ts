import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT_CODE } from '../../cli/exitCode.ts'
import { runCli } from '../runCli.testkit.ts'

const example = (name: string) =>
  fileURLToPath(new URL(`../../../fuzz/consensus/examples/wasm/${name}.wasm`, import.meta.url))
const SMALL = ['--shapes', 'all2', '--solver', 'none']
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-prove-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('drydock prove', () => {
  it('proves a good function, and its certificate holds until it is changed', async () => {
    const certificate = join(folder, 'mean.json')
    const proved = await runCli(['prove', example('goodMean'), ...SMALL, '--certificate', certificate])
    expect(proved.exitCode).toBe(EXIT_CODE.ready)
    expect(proved.stdout).toMatch(/PROVED {3}no trap {15}every n <= 2 with every row length 0\.\.n/)
    expect(proved.stdout).toMatch(/FITTED {3}time/)
    const checked = await runCli(['prove', example('goodMean'), '--solver', 'none', '--check', certificate])
    expect(checked.stdout).toBe(
      'The certificate agrees with a new judgement of the module (no query was needed).\n',
    )
    expect(checked.exitCode).toBe(EXIT_CODE.ready)

    const forged = join(folder, 'forged.json')
    const text = await readFile(certificate, 'utf8')
    await writeFile(forged, text.replace(/"instructions": (\d)/, '"instructions": 9$1'))
    const refused = await runCli(['prove', example('goodMean'), '--solver', 'none', '--check', forged])
    expect(refused.exitCode).toBe(EXIT_CODE.notReady)
    expect(refused.stdout).toContain('bounds differ from the certificate')

    const other = await runCli(['prove', example('goodVotes'), '--solver', 'none', '--check', certificate])
    expect(other.stdout).toContain('The certificate is for the module')
  }, 120_000)

  it('ends with 1 for a broken function, with the input', async () => {
    const { exitCode, stdout } = await runCli(['prove', example('badIndex'), ...SMALL])
    expect(exitCode).toBe(EXIT_CODE.notReady)
    expect(stdout).toMatch(/BROKEN {3}no trap .* n = 1 .*replayed in V8/)
    expect(stdout).not.toMatch(/PROVED {3}no trap/)
  }, 120_000)

  it('what is unknown fails only when a proof is required', async () => {
    const few = [example('goodMean'), '--shapes', '40x40', '--solver', 'none', '--max-steps', '1000']
    const lenient = await runCli(['prove', ...few])
    expect(lenient.stdout).toContain('UNKNOWN')
    expect(lenient.exitCode).toBe(EXIT_CODE.ready)
    expect((await runCli(['prove', ...few, '--require-proof'])).exitCode).toBe(EXIT_CODE.notReady)
  }, 120_000)

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort('SIGINT'), 1500)
    const started = Date.now()
    const run = await runCli(['prove', example('goodYuma'), '--shapes', '4096x64'], {
      signal: controller.signal,
    })
    expect(run.exitCode).not.toBe(EXIT_CODE.ready)
    expect(Date.now() - started).toBeLessThan(25_000)
  }, 60_000)

  it('says what is wrong with a file or an option', async () => {
    const text = join(folder, 'no.wasm')
    await writeFile(text, 'not wasm')
    const wrong = await runCli(['prove', text, '--solver', 'none'])
    expect(wrong.exitCode).toBe(EXIT_CODE.usage)
    const shapes = await runCli(['prove', example('goodMean'), '--shapes', 'many', '--solver', 'none'])
    expect(shapes.exitCode).toBe(EXIT_CODE.usage)
    expect(shapes.stderr).toContain('not a family of shapes: "many"')
    const missing = await runCli(['prove', join(folder, 'missing.wasm')])
    expect(missing.stderr).toContain("can't read")
  }, 60_000)
})

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binaryToHex, bytesToHex } from '../../../harness/base/bytes.ts'
import { buildGenesis } from '../../../harness/chain/build/genesisBuilder.ts'
import { parseRuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import { V8Executor } from '../../../harness/runtime/v8/v8Executor.ts'
import type { CheckResult } from '../../../reports/index.ts'
import { runCli } from '../runCli.testkit.ts'
import { checkCommand, type RunChecks } from './checkCommand.ts'
import { createCheckSettings } from './checkSettings.ts'

const RUNTIME = fileURLToPath(
  new URL('../../../scenarios/demo/runtime/blobs/v1.compact.compressed.wasm', import.meta.url),
)

let folder = ''
let spec = ''

/** A raw chain spec as the runtime's own default configuration makes it. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-check-'))
  spec = join(folder, 'spec.json')
  const executor = new V8Executor({ clock: { nowMs: () => 0 } })
  const blob = parseRuntimeBlob(readFileSync(RUNTIME))
  const genesis = await buildGenesis({ executor, blob, callOptions: {} })
  if (genesis.kind === 'failed') throw new Error(genesis.message)
  const top = [...genesis.value.range('', null)].map(([key, value]) => [binaryToHex(key), bytesToHex(value)])
  const raw = { top: Object.fromEntries(top), childrenDefault: {} }
  writeFileSync(
    spec,
    JSON.stringify({ name: 'Mini', id: 'mini', chainType: 'Development', genesis: { raw } }),
  )
  await executor.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('drydock check', () => {
  it('finds that a runtime is not an upgrade of itself, on stdout only, with exit code 1', async () => {
    const run = await runCli(['check', '--fork', spec, '--runtime', RUNTIME, '--only', 'blob.identity'])
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toMatch(/^NOT READY {2}/)
    expect(run.stdout).toContain(`reproduce: npx drydock check --fork ${spec} --runtime ${RUNTIME}`)
    expect(run.stderr).toContain('reading the state from')
    expect(run.stderr).not.toContain('NOT READY')
  })

  it('prints the same as JSON', async () => {
    const argv = ['check', '--fork', spec, '--runtime', RUNTIME, '--only', 'blob.size', '--json']
    const run = await runCli(argv)
    expect(run.exitCode).toBe(0)
    const report = JSON.parse(run.stdout)
    expect(report).toMatchObject({
      schemaVersion: 3,
      verdict: 'ready',
      inputs: { fork: { network: 'Mini', kind: 'rawChainSpec', blockNumber: 0 } },
      checks: [{ id: 'blob.size', status: 'passed' }],
    })
    expect(report.inputs.fork.genesisHash).toBe(report.inputs.fork.blockHash)
  })

  it('names the checks when one is asked for that is none', async () => {
    const run = await runCli(['check', '--fork', spec, '--runtime', RUNTIME, '--only', 'blob.sise'])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('blob.sise')
    expect(run.stderr).toContain('hint: Checks are: blob.format')
  })
})

describe('checkCommand', () => {
  it.each([
    [['passed'], 0],
    [['passed', 'failed'], 1],
    [['passed', 'inconclusive'], 4],
    [['passed', 'review'], 5],
    [['review', 'inconclusive'], 4],
    [[], 4],
  ] as const)('checks that are %j end with exit code %i', async (statuses, exitCode) => {
    const checks = statuses.map(
      (status): CheckResult => ({ id: 'a.b', title: 'A', status, durationMs: 0, findings: [] }),
    )
    const run = await runCommand(async () => ({ checks }))
    expect(run.exitCode).toBe(exitCode)
  })

  it('hands over the fork at its block, the candidate and the options', async () => {
    const { stdout } = await runCommand(async (request) => {
      expect(request.fork.head.number).toBe(0)
      expect((await request.fork.context()).version.specName).toBe(request.blob.version?.specName)
      expect(request.settings).toMatchObject({ blockCount: 3, only: ['x'], profile: 'full' })
      return { checks: [] }
    })
    expect(stdout).toMatch(/^NO VERDICT/)
  })
})

async function runCommand(runChecks: RunChecks): Promise<{ exitCode: number; stdout: string }> {
  let stdout = ''
  const sink = {
    write: (text: string) => {
      stdout += text
    },
    isTerminal: false,
  }
  const silent = { write: () => undefined, isTerminal: false }
  const io = { stdout: sink, stderr: silent, env: {}, signal: new AbortController().signal }
  const flags = { fork: spec, runtime: RUNTIME, blocks: 3, only: ['x'], deadline: 60_000 }
  const settings = await createCheckSettings({ ...flags, stateVersion: 'auto' }, folder)
  const exitCode = await checkCommand(settings, io, runChecks)
  return { exitCode, stdout }
}

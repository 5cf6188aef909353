import { describe, expect, it } from 'vitest'
import { readDemoFaults } from '../../../scenarios/demo/chain/index.ts'
import { runCli } from '../runCli.testkit.ts'

describe('drydock demo', () => {
  it('lists every fault with the check that must say no, and harmless changes with their verdict', async () => {
    const run = await runCli(['demo', '--list'])
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    for (const { name, check, verdict } of readDemoFaults().faults) {
      const column = verdict ?? check.replace('.', '\\.')
      expect(run.stdout).toMatch(new RegExp(`^  demo:${name} +${column} `, 'm'))
    }
    expect(await runCli(['demo'])).toEqual(run)
  })
})

describe('drydock check --fork demo', () => {
  it('takes the good candidate when none is given, and says how to see a fault', async () => {
    const run = await runCli(['check', '--fork', 'demo', '--only', 'blob.identity', '--json'])
    expect(run.exitCode).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({
      verdict: 'ready',
      inputs: { fork: { source: 'demo', kind: 'demo', network: 'demo', blockNumber: 0 } },
    })
    expect(run.stderr).toContain('npx drydock check --fork demo --runtime demo:march-2024')
  })

  it('finds the fault of March 2024', { timeout: 60_000 }, async () => {
    const fault = ['--runtime', 'demo:march-2024', '--only', 'blocks.run']
    const run = await runCli(['check', '--fork', 'demo', ...fault])
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toContain('index out of bounds: the len is 6 but the index is 24')
    expect(run.stdout).toContain('reproduce: npx drydock check --fork demo --runtime demo:march-2024')
    expect(run.stderr).not.toContain('That was the good candidate')
  })

  it('names the demo runtimes when one is asked for that is none', async () => {
    const run = await runCli(['check', '--fork', 'demo', '--runtime', 'demo:v9'])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('error: there is no demo runtime "v9"')
    expect(run.stderr).toContain('march-2024')
  })

  it('lets a demo runtime be inspected', async () => {
    const run = await runCli(['inspect', 'demo:v2'])
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain('mini-subtensor')
  })
})

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex } from '../../../harness/base/bytes.ts'
import { LiveNode } from '../../../harness/live/liveNode.testkit.ts'
import { V8Executor } from '../../../harness/runtime/v8/v8Executor.ts'
import { buildTrafficChain } from '../../../scenarios/replay/trafficChain.testkit.ts'
import { runCli } from '../runCli.testkit.ts'

const SECRET = 'canary0123456789'
const folder = mkdtempSync(join(tmpdir(), 'drydock-replay-'))
const [cache, witnesses] = [join(folder, 'cache'), join(folder, 'witnesses')]
let node: LiveNode
let url = ''

beforeAll(async () => {
  const executor = new V8Executor({ clock: { nowMs: () => 0 } })
  const { store, genesis, blocks } = await buildTrafficChain(executor, 3)
  const genesisHash = bytesToHex(genesis.hash)
  node = await LiveNode.start({ entries: store.range('', null), header: genesis.header, genesisHash, blocks })
  url = `${node.url}/?key=${SECRET}`
  await executor.close()
}, 120_000)
afterAll(async () => {
  await node.close()
  rmSync(folder, { recursive: true, force: true })
})

function replay(...args: readonly string[]) {
  return runCli(['replay', ...args])
}

describe('drydock replay', () => {
  it('has a live chain as the fork of a check, whose report does not show the key', {
    timeout: 120_000,
  }, async () => {
    const run = await runCli(
      [
        'check',
        '--fork',
        `${url}@0`,
        '--runtime',
        'demo:v2',
        '--only',
        'blob.identity',
        '--reporter',
        'json',
      ],
      { env: { XDG_CACHE_HOME: join(folder, 'xdg') } },
    )
    expect(JSON.parse(run.stdout).inputs.fork).toMatchObject({ kind: 'live', blockNumber: 0 })
    expect(`${run.stdout}${run.stderr}`).not.toContain(SECRET)
  })

  it('replays a live chain, saves witnesses, and replays these without the node', {
    timeout: 120_000,
  }, async () => {
    const live = await replay(
      '--fork',
      url,
      '--blocks',
      '1..3',
      '--cache',
      cache,
      '--save-witness',
      witnesses,
    )
    expect(live).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('blocks 1 to 3: 3 blocks') })
    await node.close()
    const offline = await replay('--fork', witnesses, '--json')
    expect(offline.exitCode).toBe(0)
    expect(JSON.parse(offline.stdout)).toMatchObject({ verdict: 'equal', blocks: [{}, {}, {}] })
    const again = await replay('--fork', url, '--blocks', '1..3', '--cache', cache)
    expect(again.exitCode).toBe(0)
    const cached = await replay('--fork', url, '--blocks', '1..3', '--cache', cache, '--runtime', 'demo:v1')
    expect(`${live.stderr}${cached.stderr}${cached.stdout}`).not.toContain(SECRET)
    for (const part of [cache, witnesses]) {
      for (const name of readdirSync(part))
        expect(readFileSync(join(part, name)).includes(SECRET)).toBe(false)
    }
  })

  it('says what is wrong with its arguments', async () => {
    expect(await replay('--fork', 'nothing.json', '--blocks', '1..2')).toMatchObject({ exitCode: 2 })
    expect((await replay('--fork', 'ws://127.0.0.1:9')).stderr).toContain('Add --blocks FIRST..LAST.')
    expect((await replay('--fork', 'finney', '--blocks', '9..2')).stderr).toContain('such as 100..120')
  })
})

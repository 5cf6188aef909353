import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fork } from '../../harness/chain/fork.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { drydock } from './drydock.ts'
import {
  EPOCH_BLOCK,
  healthySubnet,
  LEFTOVER_UID,
  NETUID,
  subnetWithLeftoverWeights,
} from './leftoverWeights.ts'
import { fileRuntime, rawGenesis, rawSpecRuntime } from './realChain.ts'
import { RealData } from './realData.ts'
import { writeRawSpec } from './writeRawSpec.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const reason = data.skipReason('local119', 'substitute143')
const executor = new V8Executor({ clock: { nowMs: () => 0 } })
const LONGEST_MS = 120_000

let folder = ''
let store: Store | null = null
const path = (name: string) => join(folder, name)

beforeAll(async () => {
  if (reason !== '') return
  folder = await mkdtemp(join(tmpdir(), 'drydock-march-'))
  store = await rawGenesis(data, 'local119')
  await writeFile(path('119.wasm'), (await rawSpecRuntime(data, 'local119')).submitted)
  await writeFile(path('143.wasm'), (await fileRuntime(data, 'substitute143')).submitted)
  await writeRawSpec(
    path('leftover.json'),
    (await forkWith(subnetWithLeftoverWeights)).head.state,
    'leftover',
  )
  await writeRawSpec(path('healthy.json'), (await forkWith(healthySubnet)).head.state, 'healthy')
})
afterAll(async () => {
  await executor.close()
  store?.close()
  if (folder !== '') await rm(folder, { recursive: true })
})

async function forkWith(changes: (codec: ChainCodec) => Changes): Promise<Fork> {
  if (store === null) throw new Error('no state')
  const fork = await Fork.open({ store, executor })
  fork.setStorage(changes((await fork.context()).codec), 'a subnet of six neurons')
  return fork
}

describe.skipIf(reason !== '')(`Finney's halt of 17 March 2024${reason}`, () => {
  const check = (spec: string, runtime: string, ...rest: string[]) =>
    drydock('check', '--fork', path(spec), '--runtime', path(runtime), ...rest)

  it('check says not ready, and names block, hook, message, place and stack', {
    timeout: LONGEST_MS,
  }, async () => {
    const { exitCode, stdout } = await check('leftover.json', '119.wasm', '--json')
    expect(exitCode).toBe(1)
    const run = JSON.parse(stdout).checks.find(({ id }: { id: string }) => id === 'blocks.run')
    expect(run).toMatchObject({ status: 'failed', findings: [{ severity: 'error' }] })
    const [{ title, facts, evidence }] = run.findings
    expect(title).toMatch(
      /^The chain stops: block 7, initialize: the runtime panicked at \S*pallets\/subtensor\/src\/epoch\.rs:552:17: index out of bounds: the len is 6 but the index is 24 \(on_initialize runs in this phase\)$/,
    )
    expect(facts).toMatchObject({
      block: EPOCH_BLOCK,
      phase: 'initialize',
      entryPoint: 'Core_initialize_block',
      message: 'index out of bounds: the len is 6 but the index is 24',
      location: expect.stringMatching(/pallets\/subtensor\/src\/epoch\.rs:552:17$/),
    })
    expect(evidence[0]).toMatch(/^ {2}0: pallet_subtensor::epoch::<impl .*Pallet<T>>::epoch /)
    expect(evidence[1]).toMatch(/OnInitialize.*::on_initialize /)
    expect(evidence[2]).toMatch(/Executive<.*>::initialize_block /)
    expect(evidence[3]).toMatch(/Core_initialize_block /)
  })

  it('the same on the terminal', { timeout: LONGEST_MS }, async () => {
    const { exitCode, stdout } = await check('leftover.json', '119.wasm', '--only', 'blocks.run')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^NOT READY {2}node-subtensor 119 -> 119\n/)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'epoch.rs:552:17: index out of bounds: the len is 6 but the index is 24 (on_initialize runs in this phase)',
    )
  })

  it('without the row, the same runtime runs the same epoch', { timeout: LONGEST_MS }, async () => {
    const { exitCode } = await check('healthy.json', '119.wasm', '--only', 'blocks.run')
    expect(exitCode).toBe(0)
  })

  it('with spec 143 as the candidate, the same state is ready', { timeout: LONGEST_MS }, async () => {
    const { exitCode, stdout } = await check('leftover.json', '143.wasm')
    expect(stdout).toMatch(/^READY {2}node-subtensor 119 -> 143\n/)
    expect(exitCode).toBe(0)
  })

  it('and that is because spec 143 runs the epoch over the row, not because it does not run', async () => {
    const fork = await forkWith(subnetWithLeftoverWeights)
    expect(await fork.upgrade(await fileRuntime(data, 'substitute143'))).toMatchObject({ kind: 'upgraded' })
    while (fork.head.number < EPOCH_BLOCK) expect(await fork.buildBlock()).toMatchObject({ kind: 'built' })
    const { codec } = await fork.context()
    const { state } = fork.head
    const value = (item: string, ...keys: number[]) => {
      const bytes = state.get(codec.storageKey('SubtensorModule', item, ...keys))
      return bytes === null ? null : codec.decodeValue('SubtensorModule', item, bytes)
    }
    expect(value('Weights', NETUID, LEFTOVER_UID)).toMatchObject({ kind: 'value' })
    expect(value('LastMechansimStepBlock', NETUID)).toMatchObject({ value: String(EPOCH_BLOCK) })
    expect(value('Incentive', NETUID)).toMatchObject({ kind: 'value' })
  })
})

import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bytesToHex } from '../base/bytes.ts'
import { encodeBytes } from '../codec/scale.ts'
import { V8Executor } from '../runtime/v8/v8Executor.ts'
import { readRawChainSpec } from '../state/sources/chainSpec.ts'
import { blockEvents } from './blockEvents.ts'
import { proveBlock } from './executeBlock.ts'
import { Fork } from './fork.ts'
import { CODE_KEY, plainKey } from './plainKey.ts'

const realData = process.env['DRYDOCK_REAL_DATA']
const reason = realData === undefined ? ' (skipped: DRYDOCK_REAL_DATA is not set)' : ''

/** Genesis hashes as the chains' own nodes tell them; Aura solo chains, a BABE relay chain, two parachains. */
const CHAINS: readonly (readonly [file: string, genesisHash: string])[] = [
  ['smoldot/westend.json', '0xe143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e'],
  ['smoldot/polkadot_coretime.json', '0xefb56e30d9b4a24099f88820987d0f45fb645992416535d87650d98e00f46fc4'],
  ['smoldot/polkadot_collectives.json', '0x46ee89aa2eedd13e988962630ec9fb7565964cf5023bb351f2b6b25c1b68b0b2'],
  [
    'subtensor/chainspecs_raw_spec_testfinney-08eabf41.json',
    '0x8f9cf856bf558a14440e75569c9e58594757048d7b3a84b5d25f6bd978263105',
  ],
]

describe('real chains', () => {
  const executor = new V8Executor({ clock: { nowMs: () => 0 } })
  afterAll(() => executor.close())

  it.skipIf(realData === undefined).each(CHAINS)(
    `%s: genesis hash and ten proven blocks${reason}`,
    async (file, hash) => {
      const { store } = await readRawChainSpec(join(String(realData), file))
      const fork = await Fork.open({ store, executor })
      expect(bytesToHex(fork.head.hash)).toBe(hash)
      for (let number = 1; number <= 10; number++) {
        const parent = fork.head
        const block = await fork.buildBlock()
        if (block.kind === 'failed') throw new Error(block.message)
        expect(await proveBlock(await fork.context(), parent, block)).toMatchObject({ holds: true })
      }
    },
  )

  it.skipIf(realData === undefined)(`a parachain's own upgrade gets its go-ahead${reason}`, async () => {
    const { store } = await readRawChainSpec(join(String(realData), 'smoldot/polkadot_coretime.json'))
    const fork = await Fork.open({ store, executor })
    await fork.buildBlock()
    const { blob, codec } = await fork.context()
    const pending = plainKey('ParachainSystem', 'PendingValidationCode')
    fork.setStorage(new Map([[pending, encodeBytes(blob.wasm)]]), 'an upgrade that waits for the relay chain')
    const block = await fork.buildBlock()
    expect(block.kind).toBe('built')
    expect(fork.head.state.get(CODE_KEY)).toEqual(blob.wasm)
    const { events } = blockEvents(codec, fork.head.state)
    expect(events.map(({ event }) => event)).toContain('ValidationFunctionApplied')
  })
})

import { afterAll, describe, expect, it } from 'vitest'
import { bytesToHex } from '../../harness/base/bytes.ts'
import { Fork } from '../../harness/chain/fork.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { finneyGenesis, hasFinney, rawGenesis } from './realChain.ts'
import { RealData } from './realData.ts'
import type { RealFileName } from './realFiles.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const executor = new V8Executor({ clock: { nowMs: () => 0 } })
afterAll(() => executor.close())

/** As the chains' own nodes tell them, with the state version that the runtime declares. */
const CHAINS: readonly (readonly [RealFileName, string, 0 | 1])[] = [
  ['testfinney103', '0x8f9cf856bf558a14440e75569c9e58594757048d7b3a84b5d25f6bd978263105', 1],
  ['westend', '0xe143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e', 0],
  ['coretime', '0xefb56e30d9b4a24099f88820987d0f45fb645992416535d87650d98e00f46fc4', 1],
  ['collectives', '0x46ee89aa2eedd13e988962630ec9fb7565964cf5023bb351f2b6b25c1b68b0b2', 0],
]
const FINNEY = '0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03'

async function hashOf(store: Store): Promise<{ hash: string; stateVersion: number }> {
  try {
    const fork = await Fork.open({ store, executor })
    const { stateVersion } = await fork.context()
    return { hash: bytesToHex(fork.head.hash), stateVersion }
  } finally {
    store.close()
  }
}

describe('genesis hashes of real chains', () => {
  for (const [name, hash, stateVersion] of CHAINS) {
    const reason = data.skipReason(name)
    it.skipIf(reason !== '')(`${name}${reason}`, async () => {
      expect(await hashOf(await rawGenesis(data, name))).toEqual({ hash, stateVersion })
    })
  }

  const reason = hasFinney(data) ? '' : data.skipReason('finneyState', 'finneyPlain101')
  it.skipIf(reason !== '')(`Finney${reason}`, async () => {
    const store = await finneyGenesis(data)
    expect(store.keyCount).toBe(47_719)
    expect(await hashOf(store)).toEqual({ hash: FINNEY, stateVersion: 1 })
  })
})

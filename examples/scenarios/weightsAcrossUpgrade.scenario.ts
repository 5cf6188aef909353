import { type ChainValue, fork, impersonate, type ScenarioChain } from 'drydock'
import { describe, expect, test } from 'vitest'

const NETUID = 1

describe('weights', () => {
  test('that a validator set before the upgrade still count in the epoch after it', async () => {
    const chain = await fork()
    const { uid, hotkey } = await firstValidator(chain)
    const target = uid === 0 ? 1 : 0
    await fund(chain, hotkey)

    const set = await chain.submit(impersonate(hotkey), ['SubtensorModule', 'set_weights'], {
      netuid: NETUID,
      dests: [target],
      weights: [65_535],
      version_key: 0,
    })
    expect(set).toSucceed()
    expect(set).toEmit('SubtensorModule.WeightsSet', { netuid: NETUID, uid })
    expect(set).toStayWithin({ reads: 1_000 })
    const weights = await chain.storage('SubtensorModule', 'Weights', NETUID, uid)

    await chain.upgrade()
    expect(await chain.storage('SubtensorModule', 'Weights', NETUID, uid)).toEqual(weights)

    const tempo = Number(await chain.storage('SubtensorModule', 'Tempo', NETUID))
    await chain.advance(tempo + 1)
    const incentive = listOf(await chain.storage('SubtensorModule', 'Incentive', NETUID))
    expect(Number(incentive[target])).toBeGreaterThan(0)
  })
})

async function firstValidator(chain: ScenarioChain) {
  const permits = listOf(await chain.storage('SubtensorModule', 'ValidatorPermit', NETUID))
  const uid = permits.indexOf(true)
  return { uid, hotkey: String(await chain.storage('SubtensorModule', 'Keys', NETUID, uid)) }
}

/** A hotkey of a real chain often has nothing to pay fees with. */
async function fund(chain: ScenarioChain, address: string) {
  const free = 1_000_000_000_000n
  const data = { free, reserved: 0n, frozen: 0n, flags: 0n }
  await chain.setStorage(['System', 'Account', address], {
    nonce: 0,
    consumers: 0,
    providers: 1,
    sufficients: 0,
    data,
  })
}

function listOf(value: ChainValue): readonly ChainValue[] {
  return Array.isArray(value) ? value : []
}

import { account, fork } from 'drydock'
import { describe, expect, test } from 'vitest'

const NETUID = 2

describe('registration', () => {
  test('costs the same after the upgrade, and keeps the neurons from before', async () => {
    const chain = await fork()
    const [alice, bob] = [account('//Alice'), account('//Bob')]
    const [before, after] = [account('//Alice//hotkey'), account('//Bob//hotkey')]

    const first = await chain.submit(alice, ['SubtensorModule', 'burned_register'], {
      netuid: NETUID,
      hotkey: before.address,
    })
    expect(first).toSucceed()
    const uid = await chain.storage('SubtensorModule', 'Uids', NETUID, before.address)
    const price = await chain.storage('SubtensorModule', 'Burn', NETUID)

    await chain.upgrade()
    expect(await chain.storage('SubtensorModule', 'Burn', NETUID)).toEqual(price)
    expect(await chain.storage('SubtensorModule', 'Uids', NETUID, before.address)).toBe(uid)

    const second = await chain.submit(bob, ['SubtensorModule', 'burned_register'], {
      netuid: NETUID,
      hotkey: after.address,
    })
    expect(second).toSucceed()
    expect(second).toEmit('SubtensorModule.NeuronRegistered', { netuid: NETUID, hotkey: after.address })

    const again = await chain.submit(bob, ['SubtensorModule', 'burned_register'], {
      netuid: NETUID,
      hotkey: after.address,
    })
    expect(again).toFailWith('SubtensorModule.HotKeyAlreadyRegisteredInSubNet')
  })
})

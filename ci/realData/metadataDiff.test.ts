/**
 * Between neighboring runtimes of a subtensor test network. What is expected was read off the two metadatas apart, as
 * @polkadot/types prints them, without our diff.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { Fork } from '../../harness/chain/fork.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { contextOn, ranAnswer } from '../../scenarios/checks/checkContext.testkit.ts'
import { metadataDiff } from '../../scenarios/checks/metadataDiff.ts'
import { rawGenesis, rawSpecRuntime } from './realChain.ts'
import { RealData } from './realData.ts'
import type { RealFileName } from './realFiles.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
afterAll(() => executor.close())

async function diffOf(from: RealFileName, to: RealFileName) {
  const candidate = await rawSpecRuntime(data, to)
  const fork = await Fork.open({ store: await rawGenesis(data, from), executor })
  const answer = await ranAnswer(metadataDiff, await contextOn(fork, { candidate }))
  fork.head.state.store.close()
  const rows = (answer.tables?.[0]?.rows ?? []).map((row) => row.map(String))
  /** `Pallet.name` of the rows of an area with this change. */
  const names = (area: string, change: string) =>
    rows.filter((row) => row[0] === area && row[2] === change).map((row) => row[1])
  return { names, rows, findings: answer.findings }
}

const admin = (...names: string[]) => names.map((name) => `AdminUtils.${name}`)
const subtensor = (...names: string[]) => names.map((name) => `SubtensorModule.${name}`)

describe('metadata.diff of real runtimes', () => {
  const first = data.skipReason('raonet204', 'raonet205')
  it.skipIf(first !== '')(`204 to 205${first}`, async () => {
    const { names, rows, findings } = await diffOf('raonet204', 'raonet205')
    expect(names('call', 'removed')).toEqual(
      admin('sudo_set_target_stakes_per_interval', 'sudo_set_hotkey_emission_tempo'),
    )
    expect(names('event', 'removed')).toEqual(subtensor('HotkeyEmissionTempoSet'))
    expect(names('event', 'moved')).toHaveLength(14)
    expect(names('storage', 'removed').sort()).toEqual(
      subtensor(
        'HotkeyEmissionTempo',
        'LastAddStakeIncrease',
        'LastHotkeyEmissionDrain',
        'StakeInterval',
        'TargetStakesPerInterval',
        'TotalColdkeyAlpha',
        'TotalHotkeyColdkeyStakesThisInterval',
      ),
    )
    expect(names('storage', 'added')).toEqual(subtensor('TotalHotkeyShares'))
    expect(names('constant', 'removed')).toEqual(subtensor('InitialHotkeyEmissionTempo'))
    expect(rows).toHaveLength(2 + 15 + 8 + 1)
    expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'warning'])
  })

  const second = data.skipReason('raonet205', 'raonet218')
  it.skipIf(second !== '')(`205 to 218${second}`, async () => {
    const { names, rows, findings } = await diffOf('raonet205', 'raonet218')
    expect(names('call', 'removed')).toEqual(subtensor('set_root_weights'))
    expect(names('call', 'added')).toEqual(subtensor('set_tao_weights'))
    expect(names('event', 'added')).toEqual(subtensor('ManagedStakeSwap', 'NewManagedKey'))
    expect(names('error', 'added').sort()).toEqual(subtensor('HotkeyNotManaged', 'NotEnoughStake'))
    expect(names('error', 'moved')).toHaveLength(85)
    expect(names('storage', 'removed')).toEqual(subtensor('GlobalWeight'))
    expect(names('storage', 'added').sort()).toEqual(
      subtensor('HotkeyDividendsPerSubnet', 'ManagedKeys', 'TaoWeight', 'TotalColdkeyAlpha'),
    )
    expect(names('constant', 'added')).toEqual(subtensor('InitialTaoWeight'))
    expect(rows).toHaveLength(2 + 2 + 87 + 5 + 2)
    // Call 8 had another name before: what was signed as set_root_weights would now be set_tao_weights.
    expect(findings).toMatchObject([
      { rule: 'callMoved', severity: 'warning', subject: 'call SubtensorModule.set_root_weights' },
    ])
  })
})

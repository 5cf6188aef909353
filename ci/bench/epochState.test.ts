import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fork } from '../../harness/chain/fork.ts'
import { plainKey } from '../../harness/chain/plainKey.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import { epochState, ranEpochs } from '../../scenarios/chains/subtensor/epochState.ts'
import { developmentGenesis } from './miniatureCases.ts'

const EPOCHS = { netuids: [1, 3], neurons: 24, validators: 8 }

describe('epochState on the miniature runtime', () => {
  const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
  let fork: Fork
  /** Of two blocks in a row. */
  let blocks: readonly Changes[] = []

  beforeAll(async () => {
    fork = await Fork.open({ store: await developmentGenesis({ thread: executor }), executor })
    const { codec } = await fork.context()
    fork.setStorage(epochState(codec, EPOCHS), 'a heavy epoch')
    blocks = [await buildBlock(fork), await buildBlock(fork)]
  })
  afterAll(() => executor.close())

  it('makes every second block one with full epochs', () => {
    expect(blocks.map((changes) => ranEpochs(changes, EPOCHS)).sort()).toEqual([false, true])
  })

  it('is asked for all of its subnets and validators', () => {
    const heavy = blocks.find((changes) => ranEpochs(changes, EPOCHS)) ?? new Map()
    expect(ranEpochs(heavy, { ...EPOCHS, netuids: [1, 2] })).toBe(false)
    expect(ranEpochs(heavy, { ...EPOCHS, validators: EPOCHS.neurons })).toBe(false)
    expect(ranEpochs(heavy, { ...EPOCHS, neurons: EPOCHS.neurons * 2 })).toBe(false)
  })

  it('gives every neuron an incentive and every validator a dividend', () => {
    const { state } = fork.head
    const shares = (item: string, netuid: number) => {
      const value = state.get(`${plainKey('SubtensorModule', item)}${String.fromCharCode(netuid, 0)}`)
      return Array.from(
        { length: EPOCHS.neurons },
        (_, uid) => (value?.[1 + 2 * uid] ?? 0) + (value?.[2 + 2 * uid] ?? 0),
      )
    }
    for (const netuid of EPOCHS.netuids) {
      const validating = shares('Dividends', netuid).map((share) => share > 0)
      expect(validating).toEqual(Array.from({ length: EPOCHS.neurons }, (_, uid) => uid < EPOCHS.validators))
      expect(shares('Incentive', netuid).filter((share) => share > 0).length).toBeGreaterThan(
        EPOCHS.neurons / 2,
      )
    }
  })

  it('leaves out what a runtime does not have', async () => {
    const { codec } = await fork.context()
    expect(codec.item('SubtensorModule', 'EmissionValues')).toBeNull()
    const left = plainKey('SubtensorModule', 'EmissionValues')
    expect([...epochState(codec, EPOCHS).keys()].filter((key) => key.startsWith(left))).toEqual([])
  })
})

async function buildBlock(fork: Fork): Promise<Changes> {
  const built = await fork.buildBlock()
  if (built.kind === 'failed') throw new Error(built.message)
  return built.head.state.changes
}

import { afterAll, describe, expect, it } from 'vitest'
import { proveBlock } from '../../harness/chain/executeBlock.ts'
import { Fork } from '../../harness/chain/fork.ts'
import { ChopsticksExecutor } from '../../harness/runtime/chopsticks/chopsticksExecutor.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { compareBlock } from '../../scenarios/rehearsal/secondOpinion.ts'
import { RealData } from './realData.ts'
import { REAL_RUNTIMES } from './realRuntimes.ts'
import { freeBalance, fundSender, RECEIVER, signTransfer } from './signedTransfer.ts'

const AMOUNT = 1_000_000_000_000n
/** Of an extrinsic by an sr25519 account with an era and a short call, in the middle of its signature. */
const IN_SIGNATURE = 60
const LONGEST_MS = 60_000

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const clock = { nowMs: () => performance.now() }
const v8 = new V8Executor({ clock })
const chopsticks = new ChopsticksExecutor({ clock })
afterAll(async () => {
  await v8.close()
  await chopsticks.close()
})

describe('a signed transfer on real runtimes, signatures really checked on both executors', () => {
  for (const runtime of REAL_RUNTIMES) {
    const reason = runtime.skipReason(data)
    it.skipIf(reason !== '')(`${runtime.label}${reason}`, { timeout: LONGEST_MS }, async () => {
      const store = await runtime.genesis(data, v8)
      const fork = await Fork.open({ store, executor: v8 })
      const genesisHash = fork.head.hash
      const candidate = await runtime.upgrade(data)
      if (candidate !== null) expect(await fork.upgrade(candidate)).toMatchObject({ kind: 'upgraded' })
      const context = await fork.context()
      fundSender(fork, context.codec)
      // With the changed state behind it, the next block proves again.
      expect(await fork.buildBlock()).toMatchObject({ kind: 'built' })

      const parent = fork.head
      const before = freeBalance(context.codec, parent.state, RECEIVER)
      const transfer = signTransfer(context, genesisHash, AMOUNT)
      const forged = transfer.map((byte, i) => (i === IN_SIGNATURE ? byte ^ 1 : byte))
      const result = await fork.buildBlock({ extrinsics: [forged, transfer] })
      if (result.kind === 'failed') throw new Error(result.message)
      expect(result.dropped).toEqual([{ position: 0, reason: 'invalid', message: 'Invalid: BadProof' }])
      expect(result.phases.at(-2)).toMatchObject({ kept: true, applyResult: { kind: 'success' } })
      expect(freeBalance(context.codec, fork.head.state, RECEIVER) - before).toBe(AMOUNT)
      expect(await proveBlock(context, parent, result)).toMatchObject({ holds: true })
      const comparisons = await compareBlock({ left: v8, right: chopsticks }, { result, runtime: context })
      expect(comparisons.filter(({ agrees, right }) => !agrees || right.kind !== 'ok')).toEqual([])
      store.close()
    })
  }
})

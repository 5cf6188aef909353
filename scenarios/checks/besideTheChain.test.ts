/** What the runtime on chain does as well, or cannot do here, says nothing of the candidate. */
import { describe, expect, it } from 'vitest'
import { plainKey } from '../../harness/chain/plainKey.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { OkOutcome, Outcome } from '../../harness/runtime/executor.ts'
import type { Check } from '../check/check.ts'
import { answerOf } from '../check/runChecks.ts'
import { blobSize } from './blobSize.ts'
import { blocksRun } from './blocksRun.ts'
import { checkTestContext, findingsOf, miniature } from './checkContext.testkit.ts'
import { storageDecode } from './storageDecode.ts'
import { alsoWrites, type Tampering, TamperingExecutor } from './tamperedCandidate.testkit.ts'
import { upgradeApply } from './upgradeApply.ts'
import { upgradeInventory } from './upgradeInventory.ts'

const V1 = miniature('v1')
const V2 = miniature('v2')

function panicOf({ entryPoint, logs, cost, denied }: OkOutcome): Outcome {
  const message = 'Bad input data provided to initialize_block: Codec error'
  return { kind: 'panic', message, location: null, stack: [], entryPoint, logs, cost, denied }
}

/** Panics in the n-th call and all after it. */
function panicsFrom(n: number): Tampering[string] {
  let calls = 0
  return (outcome) => (++calls < n ? {} : panicOf(outcome))
}

interface Setting {
  /** Whose outcomes are changed. */
  readonly tampered: RuntimeBlob
  readonly tampering: Tampering
  readonly candidate: RuntimeBlob
}

async function answer(check: Check, { tampered, tampering, candidate }: Setting) {
  const executor = new TamperingExecutor(tampered, tampering)
  return answerOf(check, await checkTestContext({ candidate, executor }))
}

async function rules(check: Check, setting: Setting): Promise<readonly string[]> {
  const given = await answer(check, setting)
  return given.kind === 'ran' ? given.findings.map(({ rule }) => rule) : [given.kind]
}

describe('a runtime on chain that cannot build a block here', () => {
  it('leaves no verdict, with what is missing', async () => {
    const tampering = { Core_initialize_block: panicsFrom(1) }
    const given = await answer(upgradeApply, { tampered: V1, tampering, candidate: V2 })
    expect(given).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringMatching(/runtime on chain cannot build a block here.*Codec error/),
    })
  })

  it('is told from a candidate that cannot', async () => {
    const tampering = { Core_initialize_block: panicsFrom(1) }
    expect(await rules(upgradeApply, { tampered: V2, tampering, candidate: V2 })).toEqual(['failed'])
  })

  it('leaves no verdict either when its second block fails as the first one of the candidate', async () => {
    const onlySecond: Tampering = {
      Core_initialize_block: (outcome, { input }) => ((input[32] ?? 0) >> 2 < 2 ? {} : panicOf(outcome)),
    }
    const setting = { tampered: V1, tampering: onlySecond, candidate: V1 }
    expect(await answer(upgradeApply, setting)).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringMatching(/without the upgrade the chain stops there too/),
    })
  })
})

describe('blocks.run', () => {
  const stopsAtFour: Tampering = {
    Core_initialize_block: (outcome, { input }) => ((input[32] ?? 0) >> 2 < 4 ? {} : panicOf(outcome)),
  }

  it('has no verdict on a block that fails without the upgrade as well', async () => {
    const setting = { tampered: V1, tampering: stopsAtFour, candidate: V1 }
    expect(await rules(blocksRun, setting)).toEqual(['inconclusive'])
  })

  it('reports one that fails under the candidate only', async () => {
    const setting = { tampered: V2, tampering: stopsAtFour, candidate: V2 }
    expect(await rules(blocksRun, setting)).toEqual(['stopped'])
  })

  const logsAnError: Tampering = {
    BlockBuilder_finalize_block: ({ logs }) => ({
      logs: [...logs, { level: 1, target: 'pallet', message: `seeded in call ${logs.length}` }],
    }),
  }

  it('leaves errors alone that the runtime on chain logs as well, and names those of the candidate', async () => {
    expect(await rules(blocksRun, { tampered: V1, tampering: logsAnError, candidate: V1 })).toEqual([])
    expect(await rules(blocksRun, { tampered: V2, tampering: logsAnError, candidate: V2 })).toEqual([
      'errorLog',
    ])
  })
})

describe('upgrade.inventory', () => {
  const dropsVersion: Tampering = {
    BlockBuilder_finalize_block: alsoWrites(
      new Map([[plainKey('SubtensorModule', ':__STORAGE_VERSION__:'), null]]),
    ),
  }

  it('leaves a version alone that falls without the upgrade as well', async () => {
    expect(await rules(upgradeInventory, { tampered: V1, tampering: dropsVersion, candidate: V1 })).toEqual(
      [],
    )
  })

  it('names one that only the candidate drops', async () => {
    const setting = { tampered: V2, tampering: dropsVersion, candidate: V2 }
    expect(await rules(upgradeInventory, setting)).toContain('versionFell')
  })
})

describe('blob.size', () => {
  it('does not warn of a candidate that is no larger than the runtime on chain', async () => {
    const context = await checkTestContext({ candidate: V1, limits: { sizeWarnShare: 0.001 } })
    expect(await findingsOf(blobSize, context)).toEqual([])
    const larger = { ...context.current, blob: parseRuntimeBlob(V1.wasm.slice()) }
    expect(larger.blob.submitted.length).toBeGreaterThan(V1.submitted.length)
    const found = await findingsOf(blobSize, { ...context, candidate: larger.blob })
    expect(found).toMatchObject([{ severity: 'warning' }])
  })
})

describe('storage.decode', () => {
  /** A new row of a map with two bytes where eight are read. */
  const writesBadRow: Tampering = {
    BlockBuilder_finalize_block: alsoWrites(
      new Map([[`${plainKey('SubtensorModule', 'Burn')}\u0063\u0000`, new Uint8Array(2)]]),
    ),
  }

  it('leaves values alone that the runtime on chain writes in the same way', async () => {
    expect(await rules(storageDecode, { tampered: V1, tampering: writesBadRow, candidate: V1 })).toEqual([])
  })

  it('names those that only the candidate writes', async () => {
    expect(await rules(storageDecode, { tampered: V2, tampering: writesBadRow, candidate: V2 })).toEqual([
      'undecodable',
    ])
  })
})

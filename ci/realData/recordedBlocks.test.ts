import { afterAll, describe, expect, it } from 'vitest'
import { concatBytes } from '../../harness/base/bytes.ts'
import { encodeExtrinsics } from '../../harness/chain/block.ts'
import { decodeHeader, encodeHeader, type Header } from '../../harness/chain/header.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import { RealData } from './realData.ts'
import type { RealFileName } from './realFiles.ts'
import { type RecordedBlock, readRecordedBlock } from './recordedBlock.ts'

const FIXTURES: readonly RealFileName[] = [
  'childTrieCreateOne',
  'childTrieCreateMultiple',
  'childTrieDestroy',
  'childTrieReadBasic',
]

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const executor = new V8Executor({ clock: { nowMs: () => 0 } })
afterAll(() => executor.close())

function execute({ blob, store, extrinsics }: RecordedBlock, header: Header) {
  return executor.call({
    blob,
    entryPoint: 'Core_execute_block',
    input: concatBytes(encodeHeader(header), encodeExtrinsics(extrinsics)),
    state: ChainState.fromStore(store),
  })
}

describe('blocks with child tries that nodes produced, recorded by smoldot', () => {
  for (const name of FIXTURES) {
    const reason = data.skipReason(name)
    it.skipIf(reason !== '')(`${name}: accepted, and refused with another state root${reason}`, async () => {
      const block = await readRecordedBlock(data.path(name))
      const header = decodeHeader(block.header)
      if (header === null) throw new Error('no header')
      const outcome = await execute(block, header)
      expect(outcome).toMatchObject({ kind: 'ok', denied: [] })
      const after = ChainState.fromStore(block.store).with(
        outcome.kind === 'ok' ? outcome.changes : new Map(),
      )
      expect(after.stateRoot(block.blob.stateVersion ?? 0)).toEqual(header.stateRoot)

      const stateRoot = header.stateRoot.map((byte, i) => (i === 31 ? byte ^ 1 : byte))
      expect(await execute(block, { ...header, stateRoot })).toMatchObject({
        kind: 'panic',
        message: expect.stringContaining('Storage root must match that calculated.'),
      })
      block.store.close()
    })
  }
})

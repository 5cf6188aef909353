import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { devAccount, type SignExtrinsicOptions } from '../codec/index.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../runtime/blob/index.ts'
import { V8Executor } from '../runtime/v8/v8Executor.ts'
import { createPackedStore } from '../state/store/packedStore.ts'
import type { Store } from '../state/store/store.ts'
import { blockEvents } from './blockEvents.ts'
import { blockWeight } from './blockWeight.ts'
import type { BuildBlockOptions, BuiltBlock } from './build/blockBuilder.ts'
import { buildGenesis } from './build/genesisBuilder.ts'
import { executeBlock, proveBlock } from './executeBlock.ts'
import { Fork } from './fork.ts'
import { createToyRuntime } from './toyRuntime.testkit.ts'

const executor = new V8Executor({ clock: { nowMs: () => 0 } })
let v1: RuntimeBlob
let v2: RuntimeBlob
let genesis: Store

beforeAll(async () => {
  v1 = miniature('v1')
  v2 = miniature('v2')
  const built = await buildGenesis({ executor, blob: v1, callOptions: {} }, { preset: 'development' })
  if (built.kind === 'failed') throw new Error(built.message)
  genesis = built.value
})
afterAll(() => executor.close())

function miniature(name: string): RuntimeBlob {
  const file = `../../scenarios/demo/runtime/blobs/${name}.compact.compressed.wasm`
  return parseRuntimeBlob(readFileSync(new URL(file, import.meta.url)))
}

/** The seeded fault `fault` of the faulty candidate; faults.json says what each does. */
function faulty(fault: number): RuntimeBlob {
  const wasm = Buffer.from(miniature('v2-faults').wasm)
  wasm.writeUInt32LE(fault, wasm.indexOf('DRYDOCK-FAULT-SELECTOR:') + 24)
  return parseRuntimeBlob(wasm)
}

const open = () => Fork.open({ store: genesis, executor })

async function advance(fork: Fork, options: BuildBlockOptions = {}): Promise<BuiltBlock> {
  const result = await fork.buildBlock(options)
  if (result.kind === 'failed') throw new Error(result.message)
  return result
}

async function remark(fork: Fork, nonce: number): Promise<Uint8Array> {
  const { codec, version } = await fork.context()
  const { specVersion, transactionVersion } = version
  const genesisHash = fork.head.number === 0 ? fork.head.hash : new Uint8Array(32)
  const call = codec.encodeCall('System', 'remark', { remark: new Uint8Array([nonce]) })
  const options: SignExtrinsicOptions = {
    call,
    nonce,
    genesisHash,
    specVersion,
    transactionVersion,
    signer: devAccount('//Alice'),
  }
  return codec.signExtrinsic(options)
}

describe('fork', () => {
  it('goes on from genesis, and the runtime accepts each block', async () => {
    const fork = await open()
    expect(fork.head).toMatchObject({ number: 0, header: { digest: [] } })
    const runtime = await fork.context()
    for (let number = 1; number <= 12; number++) {
      const parent = fork.head
      const block = await advance(fork)
      expect(fork.head.number).toBe(number)
      expect(fork.head.header.parentHash).toEqual(parent.hash)
      expect(await proveBlock(runtime, parent, block)).toMatchObject({ holds: true })
    }
    const weight = blockWeight(runtime.codec, fork.head.state)
    expect(weight?.classes.mandatory.refTime).toBeGreaterThan(0n)
    expect(weight?.total.refTime).toBeLessThan(weight?.limits?.maxBlock.refTime ?? 0n)
    expect(weight?.exceeded).toEqual([])
  })

  it('takes signed extrinsics, drops those that are out of order, and tells events of each', async () => {
    const fork = await open()
    const parent = fork.head
    const extrinsics = [await remark(fork, 0), await remark(fork, 7), await remark(fork, 1)]
    const block = await advance(fork, { extrinsics })
    expect(block.dropped).toEqual([{ position: 1, reason: 'invalid', message: 'Invalid: Future' }])
    const runtime = await fork.context()
    const { events, error } = blockEvents(runtime.codec, fork.head.state)
    expect(error).toBeNull()
    const succeeded = events.filter(({ event }) => event === 'ExtrinsicSuccess').map(({ phase }) => phase)
    expect(succeeded).toEqual([0, 1, 2].map((index) => ({ kind: 'applyExtrinsic', index })))
    expect((await proveBlock(runtime, parent, block)).holds).toBe(true)

    const forged = (extrinsics[0] ?? new Uint8Array()).slice()
    forged[60] = (forged[60] ?? 0) ^ 1
    const extended = { ...block.block, extrinsics: [...block.block.extrinsics, forged] }
    expect((await executeBlock(runtime, parent, extended)).kind).toBe('panic')
  })

  it('branches without a trace, and gives the same blocks twice', async () => {
    const fork = await open()
    await advance(fork)
    const [left, right] = [fork.branch(), fork.at(fork.head)]
    await advance(left, { extrinsics: [] })
    await advance(left)
    await advance(right)
    expect(fork.head.number).toBe(1)
    const again = await advance(fork.branch())
    expect(again.head.hash).toEqual(right.head.hash)
    expect(left.head.header.parentHash).toEqual(right.head.hash)
  })

  it('answers runtime calls over the head, and keeps what was assumed', async () => {
    const fork = await open()
    const branch = fork.branch()
    const { codec } = await fork.context()
    const key = codec.storageKey('Timestamp', 'Now')
    const value = codec.encodeValue('Timestamp', 'Now', 1_800_000_000_000n)
    branch.setStorage(new Map([[key, value]]), 'a later start')
    expect(branch.assumptions).toMatchObject([{ kind: 'storage', block: 0, reason: 'a later start' }])
    expect(branch.branch().assumptions).toHaveLength(1)
    expect(fork.assumptions).toEqual([])
    expect((await advance(branch)).claim.timestampMs).toBeGreaterThan(1_800_000_000_000n)
    const outcome = await branch.call('Core_version')
    expect(outcome).toMatchObject({ kind: 'ok', entryPoint: 'Core_version' })
  })

  it('refuses a state without a runtime, and one whose runtime says nothing of itself', async () => {
    const open = (code: Uint8Array) => Fork.open({ store: createPackedStore([[':code', code]]), executor })
    await expect(open(new Uint8Array())).rejects.toMatchObject({ code: 'FORK_NO_CODE' })
    const toy = await createToyRuntime(executor)
    await expect(open(toy.blob.submitted)).rejects.toMatchObject({ code: 'FORK_BAD_RUNTIME' })
  })
})

describe('upgrade', () => {
  it('sets the code in one block and runs migrations in the next, in the words of both runtimes', async () => {
    const fork = await open()
    await advance(fork)
    const result = await fork.upgrade(v2)
    if (result.kind !== 'upgraded') throw new Error(result.kind)
    expect([result.from.specVersion, result.to.specVersion]).toEqual([100, 101])
    expect(result.codeBlock.head.number).toBe(2)
    expect(result.codeBlock.head.state.get(':code')).toEqual(v2.submitted)
    expect(result.codeBlock.block.header.digest.at(-1)).toEqual(new Uint8Array([8]))
    expect(fork.head.number).toBe(3)

    const { changes, weight, logs } = result.migration
    const version = changes.find(({ item }) => item === 'SubtensorModule.:__STORAGE_VERSION__:')
    expect(version).toMatchObject({ knownTo: 'both', changed: 1, added: 0, removed: 0 })
    expect(changes.map(({ item }) => item)).toContain('System.LastRuntimeUpgrade')
    expect(weight?.total.refTime).toBeGreaterThan(0n)
    expect(logs.length).toBeGreaterThan(0)

    const runtime = await fork.context()
    expect(runtime.version.specVersion).toBe(101)
    const proof = await proveBlock(runtime, result.codeBlock.head, result.migrationBlock)
    expect(proof).toMatchObject({ holds: true })
    await advance(fork)
  })

  it('leaves the fork at the last good block when the new runtime panics in its first', async () => {
    const fork = await open()
    for (let number = 1; number <= 8; number++) await advance(fork)
    const result = await fork.upgrade(faulty(1))
    expect(result).toMatchObject({
      kind: 'migrationFailed',
      migration: null,
      block: {
        phase: { kind: 'initialize' },
        outcome: { kind: 'panic', message: 'seeded panic at block 10' },
      },
    })
    expect(fork.head.number).toBe(9)
  })

  it('says so when the new code is not a runtime that can be asked', async () => {
    const fork = await open()
    const toy = await createToyRuntime(executor)
    const result = await fork.upgrade(toy.blob)
    expect(result).toMatchObject({ kind: 'runtimeUnusable', failure: { entryPoint: 'Core_version' } })
    expect(fork.head.number).toBe(1)
    expect(await fork.buildBlock()).toMatchObject({ kind: 'failed', phase: { kind: 'authoring' } })
  })
})

describe('genesis builder', () => {
  it('says why a runtime makes no genesis', async () => {
    const runtime = { executor, blob: v1, callOptions: {} }
    expect(await buildGenesis(runtime, { preset: 'no-such' })).toMatchObject({ kind: 'failed' })
    const refused = await buildGenesis(runtime, { patch: { balances: { balances: 'many' } } })
    expect(refused).toMatchObject({ kind: 'failed', entryPoint: 'GenesisBuilder_build_state' })
    expect(refused.kind === 'failed' ? refused.message : '').toContain('Invalid JSON blob')
  })
})

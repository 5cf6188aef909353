import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex } from '../../harness/base/bytes.ts'
import { genesisHeader } from '../../harness/chain/build/genesis.ts'
import { encodeHeader } from '../../harness/chain/header.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import { writeSnapshot } from '../../harness/state/sources/snapshot.ts'
import { createPackedStore } from '../../harness/state/store/packedStore.ts'
import { openForkSource } from './openForkSource.ts'

const STORE = createPackedStore([
  [':code', new Uint8Array(40).fill(1)],
  ['key', new Uint8Array(50).fill(2)],
])
const HEADER = { ...genesisHeader(ChainState.fromStore(STORE), 1), number: 7 }
const FACTS = {
  network: 'Net',
  genesisHash: `0x${'01'.repeat(32)}`,
  blockNumber: 7,
  blockHash: `0x${'02'.repeat(32)}`,
  header: bytesToHex(encodeHeader(HEADER)),
  stateRoot: bytesToHex(HEADER.stateRoot),
  stateVersion: 1,
  specName: 'net',
  specVersion: 1,
  createdAt: '2024-01-01T00:00:00Z',
  toolVersion: '0.1.0',
} as const

let folder = ''
const messages: string[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-source-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function openSource(name: string, stateVersion: 'auto' | 0 | 1 = 'auto') {
  const logger = { log: (_level: string, message: string) => void messages.push(message) }
  const { signal } = new AbortController()
  return openForkSource({ path: join(folder, name), stateVersion, signal, logger })
}

describe('openForkSource', () => {
  it('opens a raw chain spec, with the header only when its state version is given', async () => {
    const raw = { top: { '0x3a636f6465': '0x0102', '0x6b6579': '0x03' }, childrenDefault: {} }
    writeFileSync(join(folder, 'spec.json'), JSON.stringify({ name: 'S', id: 's', genesis: { raw } }))
    const source = await openSource('spec.json')
    expect(source).toMatchObject({ kind: 'rawChainSpec', network: 'S', genesisHash: null, header: null })
    expect(source.store.keyCount).toBe(2)
    expect((await openSource('spec.json', 1)).header?.number).toBe(0)
    expect(messages).toContain('S: 2 keys')
  })

  it('opens a snapshot at its block, whatever the file is called', async () => {
    await writeSnapshot(join(folder, 'state.json'), STORE, FACTS)
    const source = await openSource('state.json')
    expect(source).toMatchObject({ kind: 'snapshot', network: 'Net', genesisHash: FACTS.genesisHash })
    expect(source.header).toEqual(HEADER)
  })

  it('refuses a snapshot whose state is not the one its header commits to', async () => {
    const incomplete = createPackedStore([[':code', new Uint8Array(40).fill(1)]])
    await writeSnapshot(join(folder, 'incomplete'), incomplete, FACTS)
    await expect(openSource('incomplete')).rejects.toMatchObject({
      code: 'FORK_STATE_ROOT',
      kind: 'environment',
    })
    await writeSnapshot(join(folder, 'whole'), STORE, FACTS)
    await expect(openSource('whole', 0)).rejects.toMatchObject({ code: 'FORK_STATE_ROOT' })
  })

  it('refuses what is not a file', async () => {
    await expect(openSource('nothing')).rejects.toMatchObject({
      code: 'FORK_SOURCE_UNREADABLE',
      kind: 'usage',
    })
    await expect(openSource('.')).rejects.toMatchObject({ code: 'FORK_SOURCE_UNREADABLE' })
  })
})

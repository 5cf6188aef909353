import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binaryToBytes, bytesToHex, concatBytes, hexToBytes } from '../../base/bytes.ts'
import { decodeBytes, encodeUint } from '../../codec/scale.ts'
import { sr25519Verify } from '../../runtime/crypto/sr25519Verify.ts'
import { V8Executor } from '../../runtime/v8/v8Executor.ts'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { createHead } from '../block.ts'
import { genesisHeader } from '../build/genesis.ts'
import type { SlotClaim } from '../consensus/index.ts'
import { decodeDigest } from '../digestItem.ts'
import { decodeHeader, hashHeader, stripSeals } from '../header.ts'
import { plainKey } from '../plainKey.ts'
import type { BlockRuntime } from '../runtimeContext.ts'
import { createToyRuntime } from '../toyRuntime.testkit.ts'
import { createInherentData, encodeInherentData } from './index.ts'
import { encodePeers, readMessagingState } from './messagingState.ts'
import { createRelayAuthority, mockRelayDescendants } from './relayDescendants.ts'
import { mockRelayState } from './relayState.ts'

const executor = new V8Executor({ clock: { nowMs: () => 0 } })
afterAll(() => executor.close())

const CLAIM: SlotClaim = {
  slot: 7n,
  slotDurationMs: 12_000n,
  timestampMs: 84_000n,
  digest: [],
  inherentId: 'auraslot',
}

function head(entries: Readonly<Record<string, Uint8Array>> = {}) {
  const state = ChainState.fromStore(createPackedStore(Object.entries(entries)), 0)
  return createHead(genesisHeader(state, 0), state)
}

describe('inherent data', () => {
  let toy: BlockRuntime

  beforeAll(async () => {
    toy = await createToyRuntime(executor)
  })

  async function dataFor(pallets: readonly string[], parent = head()) {
    const codec = { ...toy.codec, hasPallet: (name: string) => pallets.includes(name) }
    const answer = await createInherentData({ runtime: { ...toy, codec }, parent, claim: CLAIM })
    if (answer.kind === 'failed') throw new Error(answer.message)
    return answer.value
  }

  it('is a map sorted by identifier', async () => {
    expect(bytesToHex(encodeInherentData(await dataFor([])))).toBe(
      '0x08' +
        '61757261736c6f74' +
        '20' +
        '0700000000000000' +
        '74696d7374617030' +
        '20' +
        '2048010000000000',
    )
    expect(() => encodeInherentData(new Map([['short', new Uint8Array()]]))).toThrow(RangeError)
  })

  it('holds what the pallets of the runtime ask for', async () => {
    const pallets = ['Authorship', 'FinalityTracker', 'Parachains', 'ParaInherent', 'ParachainSystem']
    const ids = [...(await dataFor(pallets)).keys()]
    const old = ['uncles00', 'finalnum', 'newheads', 'parachn0']
    expect(ids).toEqual(['timstap0', 'auraslot', ...old, 'sysi1337', 'sysi1338'])
  })

  it('numbers relay parents on from the last one, by the length of a slot', async () => {
    const numberOf = async (entries: Readonly<Record<string, Uint8Array>>) => {
      const parent = head(entries)
      const data = (await dataFor(['ParachainSystem'], parent)).get('sysi1337') ?? new Uint8Array()
      const start = decodeBytes(data)?.end ?? 0
      return new DataView(data.buffer, data.byteOffset).getUint32(start, true)
    }
    expect(await numberOf({})).toBe(1_000)
    expect(
      await numberOf({ [plainKey('ParachainSystem', 'LastRelayChainBlockNumber')]: encodeUint(5, 4) }),
    ).toBe(7)
    const validation = concatBytes(new Uint8Array([8, 1, 2]), encodeUint(9, 4), new Uint8Array(36))
    expect(await numberOf({ [plainKey('ParachainSystem', 'ValidationData')]: validation })).toBe(11)
  })
})

describe('made-up relay chain', () => {
  const paraId = encodeUint(1005, 4)
  const channelNumbers = new Uint8Array(20).fill(1)
  const ingress = concatBytes(
    encodeUint(1000, 4),
    channelNumbers,
    new Uint8Array([1]),
    new Uint8Array(32).fill(2),
  )
  const egress = concatBytes(encodeUint(1000, 4), channelNumbers, new Uint8Array([0]))
  const stored = concatBytes(new Uint8Array(40), new Uint8Array([4]), ingress, new Uint8Array([4]), egress)
  const messagingKey = plainKey('ParachainSystem', 'RelevantMessagingState')

  it('keeps the channels that the parachain knows', () => {
    const messages = readMessagingState(head({ [messagingKey]: stored }).state)
    expect(messages.ingress).toEqual([{ peer: encodeUint(1000, 4), channel: ingress.slice(4) }])
    expect(messages.egress).toEqual([{ peer: encodeUint(1000, 4), channel: egress.slice(4) }])
    expect(bytesToHex(encodePeers(messages.ingress))).toBe('0x04e8030000')
  })

  it('takes a messaging state of another shape for none', () => {
    const messages = readMessagingState(head({ [messagingKey]: stored.subarray(0, -1) }).state)
    expect(messages).toMatchObject({ ingress: [], egress: [] })
  })

  it('uses the well-known keys of relay chains, and tells to go ahead with an upgrade that waits', () => {
    const keysOf = (entries: Readonly<Record<string, Uint8Array>>) =>
      [...mockRelayState({ paraId, slot: 1n, included: head(entries), authorities: null }).keys()].map(
        (key) => bytesToHex(binaryToBytes(key)),
      )
    const goAhead = '0xcd710b30bd2eab0352ddcc26417aa1949e94c040f5e73d9b7addd6cb603d15d3'
    const keys = keysOf({ [messagingKey]: stored })
    expect(keys).toContain('0x1cb6f36e027abb2091cfb5110ab5087f06155b3cd9a8c9e5e9a23fd5dc13a5ed')
    expect(keys).toContain('0x06de3d8a54d27e44a9d5ce189618f22db4b49d95320d9021994c850f25b8e385')
    expect(keys).toHaveLength(8)
    expect(keys.some((key) => key.startsWith(goAhead))).toBe(false)
    const pending = plainKey('ParachainSystem', 'PendingValidationCode')
    expect(keysOf({ [pending]: new Uint8Array(9) }).some((key) => key.startsWith(goAhead))).toBe(true)
  })

  it('signs the descendants of a relay parent, each on the one before', () => {
    const authority = createRelayAuthority()
    const stateRoot = hexToBytes(`0x${'ab'.repeat(32)}`)
    const headers = mockRelayDescendants({ number: 20n, slot: 9n, stateRoot }, 2, authority).map(decodeHeader)
    expect(headers.map((header) => header?.number)).toEqual([20, 21, 22])
    expect(headers[0]?.stateRoot).toEqual(stateRoot)
    headers.forEach((header, i) => {
      if (header === null) throw new Error('no header')
      const seal = decodeDigest(header.digest).find(({ kind }) => kind === 'seal')
      const signature = seal?.kind === 'seal' ? seal.data : new Uint8Array()
      const message = hashHeader(stripSeals(header))
      expect(sr25519Verify(signature, message, authority.publicKey)).toBe(true)
      const next = headers[i + 1]
      if (next) expect(next.parentHash).toEqual(hashHeader(header))
    })
  })
})

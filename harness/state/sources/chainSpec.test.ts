import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { hexToBytes } from '../../base/bytes.ts'
import { childPrefix } from '../stateView.ts'
import { lmdbStoreBuilder } from '../store/lmdbStore.ts'
import { readRawChainSpec } from './chainSpec.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-spec-'))
const CODE = '0x3a636f6465'
const top = { [CODE]: '0x0061736d', '0x61': '0x01', '0x6162': '0x', '0x00ff': '0xFFfe' }
const spec = {
  name: 'Mini',
  id: 'mini',
  chainType: 'Local',
  bootNodes: ['/dns/x', { deep: [[{}], 'a\\"}{', null, -1.5e3] }],
  protocolId: null,
  properties: { ss58Format: 42, tokenSymbol: 'T\u00e9st' },
  codeSubstitutes: { '100': '0x0102' },
  genesis: { raw: { top, childrenDefault: { '0x6368': { '0x6b': '0x76' } } } },
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('readRawChainSpec', () => {
  it('reads hex without 0x as nodes do, in fields too that the state does not need', async () => {
    const genesis = { raw: { top: { ...top, '62': 'ABcd' } } }
    const codeSubstitutes = { '7': '0102', '8': '0x0304' }
    const { store, codeSubstitutes: read } = await readRawChainSpec(
      fileOf(JSON.stringify({ ...spec, genesis, codeSubstitutes })),
    )
    expect(store.get('b')).toEqual(new Uint8Array([0xab, 0xcd]))
    expect([...read]).toEqual([
      ['7', new Uint8Array([1, 2])],
      ['8', new Uint8Array([3, 4])],
    ])
  })

  it('reads names, properties, code substitutes, main and child state', async () => {
    const read = await readRawChainSpec(fileOf(JSON.stringify(spec)))
    expect(read).toMatchObject({
      name: 'Mini',
      id: 'mini',
      chainType: 'Local',
      protocolId: null,
      properties: { ss58Format: 42, tokenSymbol: 'T\u00e9st' },
      keyCount: 5,
      childTries: ['ch'],
    })
    expect([...read.codeSubstitutes]).toEqual([['100', Uint8Array.from([1, 2])]])
    expect([...read.store.range('', null)].map(([key, value]) => [key, [...value]])).toEqual([
      ['\0\xff', [255, 254]],
      [':code', [0, 0x61, 0x73, 0x6d]],
      ['a', [1]],
      ['ab', []],
      [`${childPrefix('ch')}k`, [0x76]],
    ])
  })

  it.each([
    ['pretty-printed', JSON.stringify(spec, null, 2)],
    ['with carriage returns and tabs', JSON.stringify(spec, null, '\t').replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\ufeff${JSON.stringify(spec)}`],
    ['with fields in another order', JSON.stringify(reversed(spec))],
    [
      'with escapes in hex',
      JSON.stringify(spec).replace('"0x6162"', '"\\u0030x\\u0036162"').replace('"0x01"', '"0x\\u00301"'),
    ],
    ['with a field whose name has escapes', JSON.stringify(spec).replace('"genesis"', '"g\\u0065nesis"')],
    ['with an unknown field', JSON.stringify({ lightSyncState: { a: [{ b: '"' }] }, ...spec })],
  ])('reads a spec %s', async (_, text) => {
    const expected = await readRawChainSpec(fileOf(JSON.stringify(spec)))
    const read = await readRawChainSpec(fileOf(text))
    expect(read.store.id).toBe(expected.store.id)
  })

  it('reads gzip', async () => {
    const plain = await readRawChainSpec(fileOf(JSON.stringify(spec)))
    const zipped = await readRawChainSpec(fileOf(gzipSync(JSON.stringify(spec))))
    expect(zipped.store.id).toBe(plain.store.id)
    const cut = gzipSync(JSON.stringify(spec)).subarray(0, 60)
    await expect(readRawChainSpec(fileOf(cut))).rejects.toMatchObject({
      code: 'FILE_TRUNCATED',
      kind: 'environment',
    })
  })

  it('lets the last of equal storage keys count, however it is written', async () => {
    const text = JSON.stringify(spec).replace('"0x61":"0x01"', '"0xAB":"0x01","0xab":"0x02","0x61":"0x01"')
    expect((await readRawChainSpec(fileOf(text))).store.get('\xab')).toEqual(Uint8Array.from([2]))
  })

  it('keeps every code substitute apart', async () => {
    const codeSubstitutes = { '1': '0x01', '2': '0x0202' }
    const read = await readRawChainSpec(fileOf(JSON.stringify({ ...spec, codeSubstitutes })))
    expect([...read.codeSubstitutes].map(([block, code]) => [block, [...code]])).toEqual([
      ['1', [1]],
      ['2', [2, 2]],
    ])
    expect(
      (await readRawChainSpec(fileOf(JSON.stringify({ ...spec, codeSubstitutes: null })))).codeSubstitutes
        .size,
    ).toBe(0)
  })

  it('reads values that pass any buffer', async () => {
    const large = `0x${'5a'.repeat(9_000_000)}`
    const path = fileOf(
      JSON.stringify({ ...spec, genesis: { raw: { top: { ...top, '0x6c': large, '0x6d': '0x01' } } } }),
    )
    const { store } = await readRawChainSpec(path)
    expect(store.get('l')?.every((byte) => byte === 0x5a)).toBe(true)
    expect([store.get('l')?.length, store.get('m')]).toEqual([9_000_000, Uint8Array.from([1])])
  })

  it('reads what JSON.parse reads, for any state and layout', async () => {
    const hex = fc.uint8Array({ maxLength: 12 }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`)
    const states = fc.dictionary(hex, hex, { maxKeys: 20, noNullPrototype: true })
    await fc.assert(
      fc.asyncProperty(states, fc.constantFrom(0, 1, '\t'), async (state, indent) => {
        const genesis = { raw: { top: { ...state, [CODE]: '0x01' } } }
        const { store } = await readRawChainSpec(fileOf(JSON.stringify({ ...spec, genesis }, null, indent)))
        const expected = Object.entries(genesis.raw.top).map(([key, value]) => [key, value])
        const found = [...store.range('', null)].map(([key, value]) => [
          `0x${Buffer.from(key, 'latin1').toString('hex')}`,
          `0x${Buffer.from(value).toString('hex')}`,
        ])
        expect(found).toEqual(
          expected.sort(([a = ''], [b = '']) => Buffer.compare(hexToBytes(a), hexToBytes(b))),
        )
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  it('never takes a spec that was cut anywhere', async () => {
    const text = JSON.stringify(spec)
    for (let length = 0; length < text.length; length += 3)
      await expect(readRawChainSpec(fileOf(text.slice(0, length)))).rejects.toMatchObject({
        code: 'JSON_TRUNCATED',
      })
  })

  it.each([
    ['a plain spec', { ...spec, genesis: { runtime: { system: { code: '0x' } } } }, 'CHAIN_SPEC_PLAIN'],
    [
      'a plain spec of newer nodes',
      { ...spec, genesis: { runtimeGenesis: { code: '0x' } } },
      'CHAIN_SPEC_PLAIN',
    ],
    [
      'only a state root',
      { ...spec, genesis: { stateRootHash: `0x${'4d'.repeat(32)}` } },
      'CHAIN_SPEC_NO_STATE',
    ],
    ['an empty genesis', { ...spec, genesis: {} }, 'CHAIN_SPEC_NO_STATE'],
    ['no genesis', { ...spec, genesis: undefined }, 'CHAIN_SPEC_NO_STATE'],
    ['no code', { ...spec, genesis: { raw: { top: { '0x61': '0x01' } } } }, 'CHAIN_SPEC_NO_CODE'],
    ['empty code', { ...spec, genesis: { raw: { top: { [CODE]: '0x' } } } }, 'CHAIN_SPEC_NO_CODE'],
    ['no name', { ...spec, name: undefined }, 'CHAIN_SPEC_FIELD'],
    ['an id that is a number', { ...spec, id: 7 }, 'CHAIN_SPEC_FIELD'],
    ['properties that are a list', { ...spec, properties: [] }, 'CHAIN_SPEC_FIELD'],
    [
      'an unknown kind of state',
      { ...spec, genesis: { raw: { top, children: { '0x61': 1 } } } },
      'CHAIN_SPEC_FIELD',
    ],
    [
      'a child key that is not hex',
      { ...spec, genesis: { raw: { top, childrenDefault: { x: {} } } } },
      'CHAIN_SPEC_FIELD',
    ],
    ['an odd value', { ...spec, genesis: { raw: { top: { ...top, '0x61': '0x012' } } } }, 'JSON_NOT_HEX'],
    [
      'a value that is not hex',
      { ...spec, genesis: { raw: { top: { ...top, '0x61': '0x0g' } } } },
      'JSON_NOT_HEX',
    ],
    ['an empty value text', { ...spec, genesis: { raw: { top: { ...top, '0x61': '' } } } }, 'JSON_NOT_HEX'],
    [
      'a value that is a number',
      { ...spec, genesis: { raw: { top: { ...top, '0x61': 1 } } } },
      'JSON_INVALID',
    ],
    ['raw state that is a list', { ...spec, genesis: { raw: [top, {}] } }, 'JSON_INVALID'],
    ['a list', [spec], 'JSON_INVALID'],
    ['a string', 'spec', 'JSON_INVALID'],
  ])('refuses %s', async (_, content, code) => {
    await expect(readRawChainSpec(fileOf(JSON.stringify(content)))).rejects.toMatchObject({
      code,
      kind: 'usage',
    })
  })

  it.each([
    ['text after the spec', `${JSON.stringify(spec)} x`, 'JSON_INVALID'],
    ['a second genesis', JSON.stringify(spec).replace('"id"', '"genesis":{},"id"'), 'JSON_DUPLICATE_FIELD'],
    ['a missing colon', JSON.stringify(spec).replace('"0x61":', '"0x61"'), 'JSON_INVALID'],
    ['a missing comma', JSON.stringify(spec).replace('"0x01",', '"0x01"'), 'JSON_INVALID'],
    ['a comma too many', JSON.stringify(spec).replace('"0xFFfe"}', '"0xFFfe",}'), 'JSON_INVALID'],
    ['a comma too many behind a field', JSON.stringify(spec).replace(/\}$/, ',}'), 'JSON_INVALID'],
    [
      'a comma too many in a property',
      JSON.stringify({ ...spec, properties: { a: [1] } }).replace('[1]', '[1,]'),
      'JSON_INVALID',
    ],
    ['wrong brackets', JSON.stringify(spec).replace('[[{}]', '[[{]]'), 'JSON_INVALID'],
    ['endless nesting', `{"a":${'['.repeat(5000)}`, 'JSON_INVALID'],
    ['a wasm file', '\0asm\x01\0\0\0', 'JSON_INVALID'],
  ])('refuses %s', async (_, text, code) => {
    await expect(readRawChainSpec(fileOf(text))).rejects.toMatchObject({ code, kind: 'usage' })
  })

  it('says what to do', async () => {
    const path = fileOf(JSON.stringify({ ...spec, genesis: { runtimeGenesis: {} } }))
    const error = await readRawChainSpec(path).catch((caught: unknown) => caught)
    expect(JSON.stringify([String(error), error]).replaceAll(path, 'SPEC')).toMatchInlineSnapshot(
      `"["DrydockError: SPEC is a plain chain spec (it has genesis.runtimeGenesis): it says how to make the state, not what it is.",{"code":"CHAIN_SPEC_PLAIN","kind":"usage","hints":["Make a raw one with the chain's node: \`<node> build-spec --chain SPEC --raw > raw.json\`."],"details":{"path":"SPEC","field":"genesis.runtimeGenesis"},"name":"DrydockError"}]"`,
    )
    await expect(readRawChainSpec(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      kind: 'usage',
    })
    await expect(readRawChainSpec(folder)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      kind: 'environment',
    })
  })

  it('reports progress up to the whole file', async () => {
    const path = fileOf(JSON.stringify({ filler: 'x'.repeat(9_000_000), ...spec }))
    const seen: number[] = []
    let total = 0
    await readRawChainSpec(path, {
      onProgress: ({ bytesRead, totalBytes }) => {
        seen.push(bytesRead)
        total = totalBytes
      },
    })
    expect(seen.length).toBeGreaterThan(1)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(total)
  })

  it('stops on its signal and leaves nothing behind', async () => {
    const path = fileOf(JSON.stringify({ filler: 'x'.repeat(9_000_000), ...spec }))
    const controller = new AbortController()
    const into = join(folder, 'aborted')
    const reading = readRawChainSpec(path, {
      builder: lmdbStoreBuilder(into),
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    })
    await expect(reading).rejects.toThrow('enough')
    expect(readdirSync(folder).filter((name) => name.startsWith('aborted'))).toEqual([])
  })

  it('fills the store it is given', async () => {
    const { store } = await readRawChainSpec(fileOf(JSON.stringify(spec)), {
      builder: lmdbStoreBuilder(join(folder, 'lmdb')),
    })
    expect([store.share().kind, store.keyCount, store.get('a')]).toEqual(['lmdb', 5, Uint8Array.from([1])])
    store.close()
  })
})

let files = 0
function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `spec-${files++}.json`)
  writeFileSync(path, content)
  return path
}

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const fields = Object.entries(value).map(([name, inner]) => [name, reversed(inner)] as const)
  return Object.fromEntries(fields.reverse())
}

import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { hexToBinary, hexToBytes } from '../../harness/base/bytes.ts'
import { digestItemEnd } from '../../harness/chain/digestItem.ts'
import { type Block, decodeExtrinsics, decodeHeader, type Header } from '../../harness/chain/index.ts'
import type { StoreEntry } from '../../harness/state/store/store.ts'
import { asObject, asText, field, readJson } from './realChain.ts'
import type { RealData } from './realData.ts'
import type { RealFileName } from './realFiles.ts'

/** The entries of a raw chain spec that is gzipped. */
export async function recordedGenesis(data: RealData, name: RealFileName): Promise<readonly StoreEntry[]> {
  const spec: unknown = JSON.parse(gunzipSync(await readFile(data.path(name))).toString('utf8'))
  const top = asObject(field(spec, 'genesis', 'raw', 'top'))
  return Object.entries(top).map(([key, value]) => [hexToBinary(key), hexToBytes(asText(value))])
}

/** Westend's blocks 1 to 128. */
export async function westendBlocks(data: RealData): Promise<readonly Block[]> {
  const rows: unknown = await readJson(data.path('westendBlocks'))
  if (!Array.isArray(rows)) throw new Error('no list of blocks')
  return rows.map((row) => {
    const header = decodeHeader(hexToBytes(asText(field(row, 'header'))))
    if (header === null) throw new Error('no header')
    const extrinsics = Object.values(asObject(field(row, 'extrinsics')))
    return { header, extrinsics: extrinsics.map((one) => hexToBytes(asText(one))) }
  })
}

/** Kusama's block 1. */
export async function kusamaBlock(data: RealData): Promise<Block> {
  const json = await readJson(data.path('kusamaBlock1'))
  const bytes = (name: string) => hexToBytes(asText(field(json, name)))
  const header: Header = {
    parentHash: bytes('ParentHash'),
    number: 1,
    stateRoot: bytes('StateRoot'),
    extrinsicsRoot: bytes('ExtrinsicsRoot'),
    digest: digestItems(bytes('digest')),
  }
  return { header, extrinsics: decodeExtrinsics(bytes('body')) ?? [] }
}

/** Of a SCALE list with fewer than 64 items. */
function digestItems(list: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = []
  for (let at = 1; at < list.length; ) {
    const end = digestItemEnd(list, at)
    if (end === null) throw new Error('a digest item is malformed')
    items.push(list.slice(at, end))
    at = end
  }
  return items
}

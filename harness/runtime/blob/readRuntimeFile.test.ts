import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hexToBytes } from '../../base/bytes.ts'
import { readRuntimeBytes } from './readRuntimeFile.ts'

const MODULE = '0061736d010000000503010001'
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-'))
})

afterAll(() => rm(folder, { recursive: true }))

let written = 0

async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${written++}.bin`)
  await writeFile(path, content)
  return path
}

describe('readRuntimeBytes', () => {
  it.each([
    ['binary', hexToBytes(MODULE)],
    ['hex', MODULE],
    ['hex with 0x and a newline', `0x${MODULE.toUpperCase()}\n`],
    ['hex in quotes', `"0x${MODULE}"`],
    ['hex over lines', `${MODULE.slice(0, 20)}\n${MODULE.slice(20)}\n`],
  ])('reads %s', async (_, content) => {
    expect(await readRuntimeBytes(await file(content))).toEqual(hexToBytes(MODULE))
  })

  it('leaves what is not hex for the parser to judge', async () => {
    expect(await readRuntimeBytes(await file('{"name": 1}'))).toHaveLength(11)
    expect(await readRuntimeBytes(await file(new Uint8Array()))).toHaveLength(0)
  })

  it('names damage in hex', async () => {
    await expect(readRuntimeBytes(await file(`${MODULE}5`))).rejects.toThrow(/odd number of digits \(27\)/)
    await expect(readRuntimeBytes(await file(`${MODULE}xyz`))).rejects.toThrow(/other characters/)
  })

  it('says why a file cannot be read', async () => {
    await expect(readRuntimeBytes(join(folder, 'absent.wasm'))).rejects.toThrow(/the file does not exist/)
    await expect(readRuntimeBytes(folder)).rejects.toThrow(/is a directory/)
  })

  it.skipIf(process.getuid?.() === 0)(
    'says that permission is denied (root may read everything)',
    async () => {
      const path = await file('secret')
      await chmod(path, 0)
      await expect(readRuntimeBytes(path)).rejects.toThrow(/permission denied/)
    },
  )
})

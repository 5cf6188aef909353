import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drydock } from './drydock.ts'
import { rawSpecRuntime } from './realChain.ts'
import { RealData } from './realData.ts'
import type { RealFileName } from './realFiles.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const LONGEST_MS = 60_000

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-inspect-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Expected {
  readonly file: RealFileName
  readonly sizeBytes: number
  readonly compression: string
  readonly wasmSizeBytes: number
  readonly hashes: { readonly blake2_256: string; readonly sha256: string; readonly wasmBlake2_256: string }
  /** blake2-256 of call index, compact length and code. */
  readonly setCode: string
  readonly version: { readonly specName: string; readonly specVersion: number; readonly stateVersion: number }
}

/** Computed with other tools: `zstd -d` behind the eight bytes of prefix, `b2sum -l 256`, `sha256sum`. */
const RUNTIMES: readonly Expected[] = [
  {
    file: 'local119',
    sizeBytes: 237_267,
    compression: 'zstd',
    wasmSizeBytes: 1_180_414,
    hashes: {
      blake2_256: '0xdc13e72e1b3c288847ec579565abf076db77e14d1681a6b6eab92810f49fc0c5',
      sha256: '0x37803b1a4bed3798b47d61e5fc0e38ed86603c8ae3d005341b19c30b67b8b800',
      wasmBlake2_256: '0x9bb4fdb02779c289fdd709c51a1effc75917b7d3f8cbea4e6b767e9cb4d14409',
    },
    setCode: '0x0aac25b70af93d8f6530d313c490939d2d987844d8522a3cf5c3c4c65d69d526',
    version: { specName: 'node-subtensor', specVersion: 119, stateVersion: 1 },
  },
  {
    file: 'westend',
    sizeBytes: 1_105_147,
    compression: 'none',
    wasmSizeBytes: 1_105_147,
    hashes: {
      blake2_256: '0x7fc469969fd41a150925c3e4b9cea00dd9e5ee5671c85d811403f380adb06b05',
      sha256: '0x644010e7f27ecdebb1eac1741d70d69d1e67f51f49e6185c9df4544011811532',
      wasmBlake2_256: '0x7fc469969fd41a150925c3e4b9cea00dd9e5ee5671c85d811403f380adb06b05',
    },
    setCode: '0xa44533b85ec456dc84f23ec12790471e74a7900480148f6344a62021f603cbe9',
    version: { specName: 'westend', specVersion: 1, stateVersion: 0 },
  },
  {
    file: 'coretime',
    sizeBytes: 1_054_742,
    compression: 'zstd',
    wasmSizeBytes: 3_893_767,
    hashes: {
      blake2_256: '0xa4fb99720cf46ab485918e3034948a63993ef66e44473ae79ca48b043ada9c6e',
      sha256: '0x82b735536a4a34ac83478de8a6f9becd63805de15459d77cd723ec77863ca03b',
      wasmBlake2_256: '0x245cadf08f9c1f820911b0735d10aecc269f9a27f28bfb54d3a2ea0a740c25d8',
    },
    setCode: '0x27edde264e16c1c9b45c3b0bf7609120bd8faa9a5e3146bc469108181d8460ff',
    version: { specName: 'coretime-polkadot', specVersion: 1_003_000, stateVersion: 1 },
  },
]

describe('drydock inspect on real runtimes', () => {
  for (const { file, setCode, ...facts } of RUNTIMES) {
    const reason = data.skipReason(file)
    it.skipIf(reason !== '')(
      `${file}: sizes, hashes and version${reason}`,
      { timeout: LONGEST_MS },
      async () => {
        const path = join(folder, `${file}.wasm`)
        await writeFile(path, (await rawSpecRuntime(data, file)).submitted)
        const { exitCode, stdout } = await drydock('inspect', path, '--json')
        expect(exitCode).toBe(0)
        const inspection = JSON.parse(stdout)
        expect(inspection).toMatchObject({ ...facts, problems: [] })
        expect(inspection.proposals).toContainEqual(
          expect.objectContaining({ call: 'System.set_code', callHash: setCode }),
        )
        expect(inspection.imports.filter(({ isKnown }: { isKnown: boolean }) => !isKnown)).toEqual([])
      },
    )
  }
})

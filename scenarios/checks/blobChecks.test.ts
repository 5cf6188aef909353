import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { concatBytes, utf8ToBytes } from '../../harness/base/bytes.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { Check } from '../check/check.ts'
import { answerOf } from '../check/runChecks.ts'
import { blobFormat } from './blobFormat.ts'
import { blobIdentity } from './blobIdentity.ts'
import { blobImports } from './blobImports.ts'
import { blobSize } from './blobSize.ts'
import { checkTestContext, findingsOf, miniature } from './checkContext.testkit.ts'

const tools = await wabt()

function blobOf(wat: string): RuntimeBlob {
  const binary = tools.parseWat('test.wat', wat).toBinary({ write_debug_names: true })
  return parseRuntimeBlob(binary.buffer)
}

async function findings(check: Check, candidate: RuntimeBlob) {
  return findingsOf(check, await checkTestContext({ candidate }))
}

const NO_ENTRY_POINTS = `(module (import "env" "memory" (memory 17))
  (global (export "__heap_base") i32 (i32.const 1048576)))`

/** v2 with a custom section of so many bytes. */
function padded(sizeBytes: number): RuntimeBlob {
  const name = utf8ToBytes('\u0003pad')
  const content = name.length + sizeBytes
  const leb = [0, 7, 14, 21, 28].map((shift, i) => ((content >>> shift) & 0x7f) | (i < 4 ? 0x80 : 0))
  return parseRuntimeBlob(
    concatBytes(miniature('v2').wasm, new Uint8Array([0, ...leb]), name, new Uint8Array(sizeBytes)),
  )
}

describe.each([blobFormat, blobSize, blobImports, blobIdentity])('$id', (check) => {
  it('finds nothing in the good candidate', async () => {
    expect(await findings(check, miniature('v2'))).toEqual([])
  })
})

describe('blob.format', () => {
  it('names the entry points that are not there', async () => {
    const missing = await findings(blobFormat, blobOf(NO_ENTRY_POINTS))
    const named = missing.filter(({ rule }) => rule === 'entryPointMissing')
    expect(named).toHaveLength(8)
    expect(named[2]).toMatchObject({ severity: 'error', subject: 'Core_execute_block' })
  })

  it('says when the module can not tell its version', async () => {
    const trapping = blobOf(`(module (import "env" "memory" (memory 17))
      (global (export "__heap_base") i32 (i32.const 1048576))
      (func (export "Core_version") (param i32 i32) (result i64) unreachable))`)
    const titles = (await findings(blobFormat, trapping)).map(({ title }) => title)
    expect(titles).toContainEqual(expect.stringMatching(/can't say its version: wasm trap: unreachable/))
  })

  it('names a WebAssembly proposal that nodes switch off', async () => {
    const multiValue = blobOf(`(module (import "env" "memory" (memory 17))
      (global (export "__heap_base") i32 (i32.const 1048576))
      (func (result i32 i32) (i32.const 1) (i32.const 2)))`)
    const titles = (await findings(blobFormat, multiValue)).map(({ title }) => title)
    expect(titles).toContain(
      'The candidate uses the WebAssembly proposal multi-value, which nodes switch off',
    )
  })

  const withFloat = (symbol: string) => `(module (import "env" "memory" (memory 17))
    (global (export "__heap_base") i32 (i32.const 1048576))
    (func $${symbol} (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5))))`

  it('says no to consensus code that computes with floats, by its name', async () => {
    const found = await findings(blobFormat, blobOf(withFloat('_ZN4mini9incentive17h0123456789abcdefE')))
    const float = found.find(({ title }) => title.includes('floats'))
    expect(float).toMatchObject({ severity: 'error', evidence: ['mini::incentive: 2'] })
  })

  it('leaves the text of floats alone, which JSON genesis configurations bring along', async () => {
    const found = await findings(
      blobFormat,
      blobOf(withFloat('_ZN10serde_json2de5parse17h0123456789abcdefE')),
    )
    expect(found.filter(({ title }) => title.includes('floats'))).toEqual([])
  })
})

describe('blob.size', () => {
  it('warns near the limit of the block and says no above it', async () => {
    const base = miniature('v2').wasm.length
    const [near] = await findings(blobSize, padded(7_000_000 - base))
    expect(near).toMatchObject({ severity: 'warning', facts: { sizeBytes: expect.any(Number) } })
    const [above] = await findings(blobSize, padded(9_000_000 - base))
    expect(above?.severity).toBe('error')
  })
})

describe('blob.imports', () => {
  it('names an import that Substrate does not know', async () => {
    const [first] = await findings(
      blobImports,
      blobOf(`(module (import "env" "memory" (memory 17)) (import "env" "ext_moon_phase_version_1" (func (result i32)))
        (global (export "__heap_base") i32 (i32.const 1048576)))`),
    )
    expect(first).toMatchObject({ severity: 'error', facts: { hostFunction: 'ext_moon_phase_version_1' } })
  })

  it('warns of a known one that the runtime on chain does not import', async () => {
    const found = await findings(
      blobImports,
      blobOf(`(module (import "env" "memory" (memory 17))
        (import "env" "ext_hashing_keccak_512_version_1" (func (param i64) (result i32)))
        (global (export "__heap_base") i32 (i32.const 1048576)))`),
    )
    expect(found).toMatchObject([{ severity: 'warning', evidence: ['ext_hashing_keccak_512_version_1'] }])
  })
})

describe('blob.identity', () => {
  it('says no when the spec_version does not rise', async () => {
    const [first] = await findings(blobIdentity, miniature('v1'))
    expect(first?.title).toBe(
      'spec_version 100 is not above 100, which the chain runs: migrations would not run',
    )
  })

  it('says no to a runtime of another chain', async () => {
    const wasm = miniature('v2').wasm.slice()
    const bytes = Buffer.from(wasm.buffer)
    for (let at = bytes.indexOf('mini-subtensor'); at >= 0; at = bytes.indexOf('mini-subtensor', at)) {
      wasm.set(utf8ToBytes('mega-subtensor'), at)
    }
    const [first] = await findings(blobIdentity, parseRuntimeBlob(wasm))
    expect(first?.title).toBe('The candidate is a runtime of mega-subtensor, the chain runs mini-subtensor')
  })

  it('says no to a call that is encoded otherwise under the same transaction_version', async () => {
    const [first] = await findings(blobIdentity, miniature('call-encoding'))
    expect(first?.title).toMatch(/transaction_version stays 1, .* SubtensorModule\.set_weights \(arguments\)/)
  })

  it('prints what a proposal can be compared with', async () => {
    const candidate = miniature('v2')
    const answer = await answerOf(blobIdentity, await checkTestContext({ candidate }))
    expect(answer.measures).toMatchObject({
      blake2_256: candidate.submittedHash,
      'System.set_code': expect.stringMatching(/^0x[0-9a-f]{64}$/),
      'System.authorize_upgrade': expect.stringMatching(/^0x[0-9a-f]{64}$/),
    })
  })
})

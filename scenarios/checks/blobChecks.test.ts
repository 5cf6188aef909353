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
import { checkTestContext, findingsOf, miniature, ranAnswer } from './checkContext.testkit.ts'

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
    expect(titles).toContainEqual(expect.stringMatching(/version cannot be read: wasm trap: unreachable/))
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

  const withFloat = (symbol: string, entryPoint = 'Core_execute_block') => `(module
    (import "env" "memory" (memory 17))
    (global (export "__heap_base") i32 (i32.const 1048576))
    (func $${symbol} (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
    (func (export "${entryPoint}") (param i32 i32) (result i64)
      (drop (call $${symbol} (f64.convert_i32_u (local.get 0)))) (i64.const 0)))`
  const floatFinding = async (candidate: RuntimeBlob) =>
    (await findings(blobFormat, candidate)).find(({ rule }) => rule === 'float')

  it('reports consensus code that computes with floats, by its name', async () => {
    const float = await floatFinding(blobOf(withFloat('_ZN4mini9incentive17h0123456789abcdefE')))
    expect(float).toMatchObject({ severity: 'error', subject: 'mini::incentive' })
    expect(float?.evidence).toContain('mini::incentive: 2')
  })

  it('warns of floats that no block can reach by direct calls', async () => {
    const symbol = '_ZN4mini9incentive17h0123456789abcdefE'
    const float = await floatFinding(blobOf(withFloat(symbol, 'GenesisBuilder_build_state')))
    expect(float).toMatchObject({ severity: 'warning' })
  })

  it.each([
    ['_ZN10serde_json2de5parse17h0123456789abcdefE', 'serde_json::de::parse'],
    [
      '_ZN42_$LT$$RF$T$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE',
      '<&T as core::fmt::Debug>::fmt',
    ],
    [
      '_ZN12tracing_core5field5Visit10record_f6417h0123456789abcdefE',
      'tracing_core::field::Visit::record_f64',
    ],
  ])('leaves the text of floats alone: %s', async (symbol, name) => {
    const wat = withFloat(symbol).replace('f64.convert_i32_u (local.get 0)', 'f64.load (local.get 0)')
    const float = await floatFinding(blobOf(wat))
    expect(float?.evidence ?? []).not.toContainEqual(expect.stringContaining(name))
  })

  it('leaves floats alone that the runtime on chain has as well, with a name and without', async () => {
    for (const wat of [withFloat('_ZN4mini9incentive17h0123456789abcdefE')]) {
      const blob = blobOf(wat)
      const unnamed = parseRuntimeBlob(tools.parseWat('test.wat', wat).toBinary({}).buffer)
      for (const [candidate, onChain, isFound] of [
        [blob, blob, false],
        [unnamed, unnamed, false],
        [unnamed, miniature('v1'), true],
      ] as const) {
        const context = await checkTestContext({ candidate })
        const found = await findingsOf(blobFormat, {
          ...context,
          current: { ...context.current, blob: onChain },
        })
        expect(found.some(({ rule }) => rule === 'float')).toBe(isFound)
      }
    }
  })

  it.each([
    ['bulk-memory', '(memory.fill (i32.const 0) (i32.const 0) (i32.const 1))', { bulk_memory: true }],
    ['reference-types', '(drop (ref.is_null (ref.null func)))', { reference_types: true }],
    ['simd', '(drop (v128.const i32x4 0 0 0 0))', { simd: true }],
    ['threads', '(drop (i32.atomic.load (i32.const 0)))', { threads: true }],
    ['tail-call', '(return_call $f)', { tail_call: true }],
    ['multi-value', '(i32.const 1) (block (param i32) (drop))', { multi_value: true }],
  ])('names instructions of a proposal that nodes switch off: %s', async (proposal, body, features) => {
    const wat = `(module (import "env" "memory" (memory 17)) (func $f ${body}))`
    const candidate = parseRuntimeBlob(tools.parseWat('test.wat', wat, features).toBinary({}).buffer)
    const context = await checkTestContext({ candidate })
    const refused = async (current: RuntimeBlob) =>
      (await findingsOf(blobFormat, { ...context, current: { ...context.current, blob: current } }))
        .filter(({ rule }) => rule === 'proposalRefused')
        .map(({ subject }) => subject)
    expect(await refused(miniature('v1'))).toEqual([proposal])
    expect(await refused(candidate)).toEqual([])
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

  it('leaves host functions alone that the runtime on chain imports as well', async () => {
    const candidate = blobOf(`(module (import "env" "memory" (memory 17))
      (import "env" "ext_moon_phase_version_1" (func (result i32))))`)
    const context = await checkTestContext({ candidate })
    const answer = await ranAnswer(blobImports, {
      ...context,
      current: { ...context.current, blob: candidate },
    })
    expect(answer.findings).toEqual([])
    expect(answer.measures).toMatchObject({ ofThisChain: 1 })
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
  it('fails when the spec_version does not rise', async () => {
    const [first] = await findings(blobIdentity, miniature('v1'))
    expect(first?.title).toBe(
      'spec_version 100 is not above 100, which the chain runs: migrations would not run',
    )
  })

  it('reports a runtime of another chain', async () => {
    const wasm = miniature('v2').wasm.slice()
    const bytes = Buffer.from(wasm.buffer)
    for (let at = bytes.indexOf('mini-subtensor'); at >= 0; at = bytes.indexOf('mini-subtensor', at)) {
      wasm.set(utf8ToBytes('mega-subtensor'), at)
    }
    const [first] = await findings(blobIdentity, parseRuntimeBlob(wasm))
    expect(first?.title).toBe('The candidate is a runtime of mega-subtensor, the chain runs mini-subtensor')
  })

  it('reports a call that is encoded differently under the same transaction_version', async () => {
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

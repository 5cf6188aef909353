import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderJson } from './json.ts'
import { HOSTILE_REPORT, READY_REPORT } from './sampleReport.testkit.ts'

describe('renderJson', () => {
  it('writes the report with keys in a fixed order', async () => {
    await expect(renderJson(READY_REPORT)).toMatchFileSnapshot('./golden/ready.json.golden')
  })

  it('does not depend on the order in which an object was made', () => {
    expect(renderJson({ b: 1, a: { y: [2n], x: 'z' }, schemaVersion: 1 })).toBe(
      renderJson({ schemaVersion: 1, a: { x: 'z', y: [2n] }, b: 1 }),
    )
  })

  it('writes a bigint of any size as a decimal string, bytes as hex, and leaves absent fields out', () => {
    expect(
      JSON.parse(
        renderJson({ small: 1n, large: 2n ** 128n, bytes: new Uint8Array([0, 255]), gone: undefined }),
      ),
    ).toEqual({
      small: '1',
      large: '340282366920938463463374607431768211456',
      bytes: '0x00ff',
    })
  })

  it('keeps hostile text word for word and inert', () => {
    const text = renderJson(HOSTILE_REPORT)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    expect(JSON.parse(text).checks[0].findings[0].facts).toEqual(HOSTILE_REPORT.checks[0]?.findings[0]?.facts)
  })

  it('gives back every string and key that it was given, __proto__ included', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (data) => {
        const parsed: unknown = JSON.parse(renderJson(data))
        expect(Object.entries(parsed as object).sort()).toEqual(Object.entries(data).sort())
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})

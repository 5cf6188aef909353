import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../reports/model/finding.ts'
import { formatBaseline, readBaseline } from './baseline.ts'
import { loadConfig } from './loadConfig.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-config-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('loadConfig', () => {
  it('leaves everything as usual where there is none', async () => {
    expect(await loadConfig(null, folder)).toEqual({ config: {}, path: null, folder })
  })

  it('loads TypeScript that imports defineConfig from the package', async () => {
    const path = write(
      'my.config.ts',
      `import { defineConfig } from 'drydock'
       const until: string = '2027-01-31'
       export default defineConfig({ profile: 'quick', allow: [{ check: 'blob.size', reason: 'known', until }] })`,
    )
    const loaded = await loadConfig('my.config.ts', folder)
    expect(loaded).toMatchObject({
      path,
      folder,
      config: { profile: 'quick', allow: [{ check: 'blob.size' }] },
    })
  })

  it('takes acceptances for checks that only the user has', async () => {
    const allow = ['invariants.mine', 'scenarios.run'].map((check) => ({
      check,
      reason: 'x',
      until: '2027-01-31',
    }))
    const path = write('own.json', JSON.stringify({ allow }))
    expect((await loadConfig(path, folder)).config.allow).toHaveLength(2)
  })

  it('finds the one in the working directory', async () => {
    const path = write('drydock.config.json', '{"blocks": 7}')
    expect(await loadConfig(null, folder)).toMatchObject({ path, config: { blocks: 7 } })
    rmSync(path)
  })

  it.each([
    ['{"profile": "fast"}', 'profile: '],
    ['{"allow": [{"check": "blob.size", "until": "2027-01-31"}]}', 'allow[0].reason: '],
    ['{"allow": [{"check": "blob.size", "reason": " ", "until": "2027-01-31"}]}', 'allow[0].reason: '],
    ['{"allow": [{"check": "blob.size", "reason": "x", "until": "soon"}]}', 'allow[0].until: '],
    ['{"allow": [{"check": "blob.sise", "reason": "x", "until": "2027-01-31"}]}', 'no check "blob.sise"'],
    [
      '{"checks": {"blob.size": {"severity": {"tooBig": "off"}}}}',
      'blob.size has no rule "tooBig"; its rules are tooLarge',
    ],
    ['{"checks": {"blob.size": {"deadline": "9"}}}', 'checks["blob.size"].deadline: '],
    ['{"limits": {"blockWarnMs": -1}}', 'limits.blockWarnMs: '],
    ['{"limit": {}}', '"limit"'],
    ['{', 'JSON'],
  ])('refuses %s and says where', async (text, message) => {
    const path = write('bad.json', text)
    await expect(loadConfig(path, folder)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      kind: 'usage',
      message: expect.stringContaining(message),
    })
  })

  it('says when a file is not there, or can not be loaded', async () => {
    await expect(loadConfig('nothing.ts', folder)).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
    write('broken.config.ts', 'export default {')
    await expect(loadConfig('broken.config.ts', folder)).rejects.toMatchObject({ code: 'MODULE_FAILED' })
  })
})

describe('a baseline', () => {
  const FACTS = { reason: 'there before', until: '2027-01-31' }
  const finding = (subject: string, parts: Partial<Finding> = {}): Finding => ({
    check: 'blob.imports',
    rule: 'unknown',
    severity: 'error',
    subject,
    title: '',
    facts: {},
    evidence: [],
    reproduce: '',
    ...parts,
  })

  it('holds what counts, once and in order, and reads back', () => {
    const findings = [
      finding('b'),
      finding('a'),
      finding('b'),
      finding('c', { severity: 'warning' }),
      finding('d', { accepted: { reason: 'x', until: '2027-01-31' } }),
    ]
    const path = write(
      'base.json',
      formatBaseline([{ id: 'blob.imports', status: 'failed', findings }], FACTS),
    )
    expect(readBaseline(path).map(({ subject }) => subject)).toEqual(['a', 'b'])
    expect(readBaseline(path)[0]).toEqual({
      check: 'blob.imports',
      rule: 'unknown',
      subject: 'a',
      reason: 'there before',
      until: '2027-01-31',
    })
  })

  it('keeps of the one before what the run did not look at, and what it found and accepted', () => {
    const old = { reason: 'old', until: '2026-12-31' }
    const of = (check: string, subject: string) => ({ check, rule: 'unknown', subject, ...old })
    const former = [
      of('blob.imports', 'gone'),
      of('blob.imports', 'accepted'),
      of('blob.imports', 'expired'),
      of('blob.size', 'not asked for'),
      of('blob.format', 'no result'),
    ]
    const findings = [finding('accepted', { accepted: old }), finding('expired'), finding('new')]
    const checks = [
      { id: 'blob.imports', status: 'failed' as const, findings },
      { id: 'blob.format', status: 'inconclusive' as const, findings: [] },
    ]
    const path = write('again.json', formatBaseline(checks, FACTS, former))
    expect(readBaseline(path).map(({ subject, reason }) => `${subject}: ${reason}`)).toEqual([
      'no result: old',
      'accepted: old',
      'expired: there before',
      'new: there before',
      'not asked for: old',
    ])
  })

  it('is refused when it is something else', () => {
    expect(() => readBaseline(write('other.json', '{"findings": []}'))).toThrow(/is not a baseline/)
    expect(() => readBaseline(join(folder, 'none.json'))).toThrow(/is not a baseline/)
  })
})

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Imports that cross a border which the project references draw. */
const FORBIDDEN: readonly (readonly [from: string, to: string])[] = [
  ['harness', 'scenarios'],
  ['harness', 'reports'],
  ['harness', 'ci'],
  ['scenarios', 'reports'],
  ['scenarios', 'ci'],
  ['reports', 'scenarios'],
  ['reports', 'ci'],
  ['harness', 'fuzz'],
  ['scenarios', 'fuzz'],
  ['reports', 'fuzz'],
  ['fuzz', 'ci'],
]
const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ['scenarios', 'harness'],
  ['reports', 'harness'],
  ['ci', 'harness'],
  ['ci', 'scenarios'],
  ['ci', 'reports'],
  ['ci', 'fuzz'],
  ['fuzz', 'harness'],
  ['fuzz', 'scenarios'],
]

/** A tree with our own tsconfig files, one small module a folder, and one file for each import to try. */
describe('project references', () => {
  let folder = ''
  let output = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drydock-references-'))
    for (const file of ['package.json', 'tsconfig.json', 'tsconfig.base.json'])
      cpSync(join(ROOT, file), join(folder, file))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    for (const name of ['harness', 'scenarios', 'reports', 'reports/model', 'fuzz', 'ci', 'examples']) {
      cpSync(join(ROOT, name, 'tsconfig.json'), join(folder, name, 'tsconfig.json'))
      write(`${name}/base/plain.ts`, 'export const value = 1\n')
    }
    for (const [from, to] of [...FORBIDDEN, ...ALLOWED]) {
      write(`${from}/${from}To${to}.ts`, `export { value } from '../${to}/base/plain.ts'\n`)
    }
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
    const run = await execa(process.execPath, [compiler, '-b', '--pretty', 'false'], {
      cwd: folder,
      reject: false,
    })
    output = run.stdout
  }, 60_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(FORBIDDEN)('tsc refuses an import from %s to %s', (from, to) => {
    expect(linesAbout(from, to)).toContain('error TS6307')
  })

  it.each(ALLOWED)('tsc accepts an import from %s to %s', (from, to) => {
    expect(linesAbout(from, to)).toBe('')
  })

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  function linesAbout(from: string, to: string): string {
    const lines = output.split('\n')
    return lines.filter((text) => text.includes('error') && text.includes(`${from}To${to}.ts`)).join('\n')
  }
})

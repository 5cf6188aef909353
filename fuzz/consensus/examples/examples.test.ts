import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../campaign/fuzzConsensus.ts'
import { checkModule } from '../module/index.ts'
import { exampleModule } from './exampleModule.testkit.ts'

const at = (path: string) => new URL(path, import.meta.url).pathname

interface Manifest {
  readonly sourceSha256: string
  readonly modules: Readonly<Record<string, { readonly sizeBytes: number; readonly sha256: string }>>
}
// SAFETY: the build script writes the manifest; the tests below fail on any other shape.
const manifest = JSON.parse(readFileSync(at('manifest.json'), 'utf8')) as Manifest

describe('the examples', () => {
  it('are built from the sources beside them', () => {
    expect(execFileSync(at('build.sh'), ['--source-hash'], { encoding: 'utf8' }).trim()).toBe(
      manifest.sourceSha256,
    )
  })

  it('are what the manifest says', () => {
    const names = readdirSync(at('wasm')).map((file) => file.replace('.wasm', ''))
    expect(names.toSorted()).toEqual(Object.keys(manifest.modules).toSorted())
    const found = Object.fromEntries(
      names.map((name) => {
        const wasm = exampleModule(name)
        return [name, { sizeBytes: wasm.length, sha256: sha256(wasm) }]
      }),
    )
    expect(found).toEqual(manifest.modules)
  })

  it('keep the static rules, but for the recursion', () => {
    const problems = Object.keys(manifest.modules).flatMap((name) =>
      checkModule(exampleModule(name)).problems.map(({ rule }) => `${name}: ${rule}`),
    )
    expect(problems).toEqual(['badRecursion: recursion'])
  })

  it('carry no path of the machine that built them', () => {
    for (const file of readdirSync(at('wasm'))) {
      const text = readFileSync(at(`wasm/${file}`), 'latin1')
      expect(text).not.toMatch(/\/(root|home|work|tmp|usr)\//)
    }
  })
})

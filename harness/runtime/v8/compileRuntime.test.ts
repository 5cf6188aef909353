import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { compileRuntime, defaultTieringBudget } from './compileRuntime.ts'

const EMPTY_MODULE = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0])

describe('compileRuntime', () => {
  it('compiles, and refuses what V8 refuses', () => {
    expect(WebAssembly.Module.exports(compileRuntime(EMPTY_MODULE))).toEqual([])
    expect(() => compileRuntime(EMPTY_MODULE.slice(0, 7))).toThrow(WebAssembly.CompileError)
  })
})

describe('defaultTieringBudget', () => {
  it('is what V8 itself says, where it is known', () => {
    const known = defaultTieringBudget(process.versions.v8)
    const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
    const own = /--wasm-tiering-budget=(\d+)/.exec(options)?.[1]
    expect([null, Number(own)]).toContain(known)
  })

  it('is not known for a V8 that nobody has looked at', () => {
    expect(defaultTieringBudget('99.1.2-node.3')).toBeNull()
    expect(defaultTieringBudget('')).toBeNull()
  })
})

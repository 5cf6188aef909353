import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { toCommandLine } from './reproduceCommand.ts'

describe('toCommandLine', () => {
  it('leaves plain words as they are', () => {
    expect(toCommandLine(['npx', 'drydock', 'check', '--fork', '../a-b/spec_1.json'])).toBe(
      'npx drydock check --fork ../a-b/spec_1.json',
    )
  })

  it('gives a shell exactly the words back', () => {
    const words = ['a b', "it's", '$HOME', '`id`', '"', '\\', '', '*', ';', '--x=$(id)', 'é']
    const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${toCommandLine(words)}`], {
      encoding: 'utf8',
    })
    expect(printed.split('\n').slice(0, -1)).toEqual(words)
  })
})

import { describe, expect, it } from 'vitest'
import { DrydockError } from '../../harness/base/errors.ts'
import { printError } from './printError.ts'

function print(error: unknown): { exitCode: number; text: string } {
  let text = ''
  const sink = {
    write: (part: string) => {
      text += part
    },
    isTerminal: false,
  }
  const exitCode = printError(error, {
    stdout: sink,
    stderr: sink,
    env: {},
    signal: new AbortController().signal,
  })
  return { exitCode, text }
}

describe('printError', () => {
  it.each([
    ['usage', 2],
    ['environment', 3],
  ] as const)('%s: message and hints, exit code %i, no stack', (kind, exitCode) => {
    const error = new DrydockError('disk full: 0 bytes left of 10', {
      code: 'DISK_FULL',
      kind,
      hints: ['Free some space.'],
    })
    expect(print(error)).toEqual({
      exitCode,
      text: 'error: disk full: 0 bytes left of 10\n  hint: Free some space.\n',
    })
  })

  it('our bug: stack, causes, how to report, exit code 70', () => {
    const { exitCode, text } = print(new TypeError('x is undefined', { cause: new Error('because') }))
    expect(exitCode).toBe(70)
    expect(text).toMatch(/^internal error: x is undefined\n {2}at /)
    expect(text).toContain('caused by: because')
    expect(text).toContain('Please report it')
    expect(print(new DrydockError('wrong', { code: 'X', kind: 'bug' })).exitCode).toBe(70)
    expect(print('a thrown string')).toMatchObject({ exitCode: 70 })
  })

  it('keeps text of a chain inert', () => {
    const error = new DrydockError('bad name \u001b[2J\n::error::x', { code: 'X', kind: 'usage' })
    expect(print(error).text).toBe('error: bad name \\x1b[2J\\n::error::x\n')
  })
})

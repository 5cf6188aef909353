import { DrydockError, errorMessage } from '../../harness/base/errors.ts'
import type { ChainValue } from '../../harness/codec/index.ts'
import type { Origin, Step } from '../strategies/step.ts'

const MAX_BYTES = 4 * 1024 * 1024
const MAX_STEPS = 10_000

/** The text of a file with the sequence, a line for each step. Names and decoded arguments survive an upgrade. */
export function stepsToText(steps: readonly Step[]): string {
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`)
  return `{\n  "schema": 1,\n  "steps": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** Reads what `stepsToText` wrote, or any file with such steps. Throws `FUZZ_INPUT` for anything else; `where` names it. */
export function textToSteps(text: string, where: string): readonly Step[] {
  if (text.length > MAX_BYTES) throw refused(where, `it has more than ${MAX_BYTES} characters`)
  const steps = fieldOf(parse(text, where), 'steps')
  if (!Array.isArray(steps)) throw refused(where, 'it has no list "steps"')
  if (steps.length > MAX_STEPS) throw refused(where, `it has more than ${MAX_STEPS} steps`)
  return steps.map((step: unknown, i) => toStep(step) ?? fail(where, i))
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refused(where, errorMessage(error))
  }
}

function toStep(value: unknown): Step | null {
  if (fieldOf(value, 'kind') === 'blocks') {
    const count = fieldOf(value, 'count')
    return Number.isSafeInteger(count) && Number(count) > 0 && Number(count) <= 1_000_000
      ? { kind: 'blocks', count: Number(count) }
      : null
  }
  const origin = toOrigin(fieldOf(value, 'origin'))
  const [pallet, call] = [fieldOf(value, 'pallet'), fieldOf(value, 'call')]
  if (origin === null || typeof pallet !== 'string' || typeof call !== 'string') return null
  // SAFETY: what JSON holds is a ChainValue; the codec refuses one that does not fit the call.
  const args = (fieldOf(value, 'args') ?? null) as ChainValue
  return { kind: 'call', origin, pallet, call, args }
}

function toOrigin(value: unknown): Origin | null {
  const kind = fieldOf(value, 'kind')
  if (kind === 'root' || kind === 'none') return { kind }
  const account = fieldOf(value, 'account')
  const isAccount = typeof account === 'string' && /^0x[0-9a-f]{64}$/.test(account)
  return kind === 'signed' && isAccount ? { kind, account } : null
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  // SAFETY: it has the field.
  return (value as Readonly<Record<string, unknown>>)[name]
}

function fail(where: string, index: number): never {
  throw refused(where, `step ${index + 1} is neither a call nor a number of blocks`)
}

function refused(where: string, why: string): DrydockError {
  return new DrydockError(`${where} is no sequence of steps: ${why}`, {
    code: 'FUZZ_INPUT',
    kind: 'usage',
    hints: ['Give an input.json of a finding, or a file of a corpus.'],
    details: { where },
  })
}

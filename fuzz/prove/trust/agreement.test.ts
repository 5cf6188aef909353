import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  blockLayout,
  type ConsensusInput,
  type ConsensusOutput,
  decodeOutput,
} from '../../consensus/abi/index.ts'
import { consensusInputs } from '../../consensus/inputs/index.ts'
import { ConsensusMachine, type RunResult } from '../../consensus/machine/index.ts'
import { checkModule, meterModule } from '../../consensus/module/index.ts'
import { decodeProgram } from '../decode/index.ts'
import { type ShapeWalk, walkShape } from '../shapes/index.ts'
import { concreteInput, shapeOfInput } from './concreteInput.testkit.ts'
import { assemble, randomModules } from './randomModule.testkit.ts'

const ROOM = { maxN: 3, cap: 3 }
const SEED = 7
const EXAMPLES = new URL('../../consensus/examples/wasm/', import.meta.url)

function machineOf(wasm: Uint8Array): ConsensusMachine {
  const checked = checkModule(wasm)
  if (checked.kind === 'refused') throw new Error(checked.problems.map(({ message }) => message).join(' '))
  return new ConsensusMachine(meterModule(checked.module, { maxPages: 1024 }))
}

/** What a concrete walk left in the output region; null when it did not get to its end. */
function outputOf(walk: ShapeWalk, input: ConsensusInput): ConsensusOutput | null {
  if (walk.end === null) return null
  const layout = blockLayout(ROOM)
  const output = walk.operands[1] ?? 0
  const bytes = Uint8Array.from({ length: layout.outputLayout.sizeBytes }, (_, i) =>
    Number(walk.end?.memory.read(output + i, 1)),
  )
  return decodeOutput(bytes, layout, input)
}

function walkConcrete(wasm: Uint8Array, input: ConsensusInput): ShapeWalk {
  const shape = shapeOfInput(input, ROOM)
  return walkShape(decodeProgram(wasm), shape, { layOut: concreteInput(input, SEED), maxSteps: 10_000_000 })
}

function expectSame(wasm: Uint8Array, machine: ConsensusMachine, input: ConsensusInput): RunResult['kind'] {
  const result = machine.run(input, { shape: ROOM, seed: SEED, fuelLimit: 10_000_000 })
  const walk = walkConcrete(wasm, input)
  if (result.kind === 'returned' && result.strayWrite === null) {
    expect(outputOf(walk, input)).toEqual(result.output)
    expect(walk.end?.cost).toBe(result.fuel)
    expect(walk.alarms).toEqual([])
  } else {
    expect(walk.alarms.length).toBeGreaterThan(0)
  }
  return result.kind
}

describe('a walk on concrete values', () => {
  const names = [
    'goodMean',
    'goodYuma',
    'goodYumaSort',
    'goodVotes',
    'goodAsMean',
    'goodAsMeanArray',
    'badIndex',
    'badDivZero',
  ]
  it.each(names)(
    'ends %s with the bytes and the count that V8 has',
    (name) => {
      const wasm = new Uint8Array(readFileSync(new URL(`${name}.wasm`, EXAMPLES)))
      const machine = machineOf(wasm)
      const kinds = new Set<string>()
      const property = fc.property(consensusInputs({ maxN: 3, maxRow: 3 }), (input) => {
        kinds.add(expectSame(wasm, machine, input))
      })
      fc.assert(property, { seed: 5, numRuns: name.startsWith('bad') ? 60 : 12 })
      expect(kinds).toContain('returned')
      expect(kinds.has('trapped')).toBe(name.startsWith('bad'))
    },
    60_000,
  )

  it('does what V8 does in any module', () => {
    const inputs = consensusInputs({ minN: 2, maxN: 3, maxRow: 3 })
    const kinds = new Set<string>()
    const property = fc.property(
      randomModules,
      fc.array(inputs, { minLength: 3, maxLength: 3 }),
      (wat, all) => {
        const wasm = assemble(wat)
        const machine = machineOf(wasm)
        for (const input of all) kinds.add(expectSame(wasm, machine, input))
      },
    )
    fc.assert(property, { seed: 11, numRuns: 100 })
    expect(kinds).toEqual(new Set(['returned', 'trapped']))
  }, 90_000)
})

import { describe, expect, it } from 'vitest'
import { blockLayout, type ConsensusInput, HEADER, shapeOf } from '../abi/index.ts'
import { exampleModule } from '../examples/exampleModule.testkit.ts'
import { regularInput } from '../inputs/index.ts'
import { checkModule, meterModule } from '../module/index.ts'
import { yuma } from '../reference/index.ts'
import { ConsensusMachine, type RunOptions } from './consensusMachine.ts'
import { EdgeSet } from './edgeSet.ts'
import { type TextModuleParts, textModule } from './textModule.testkit.ts'

const INPUT = regularInput(3, { rowLength: 3 })
const SHAPE = { maxN: 4, cap: 4 }
const LAYOUT = blockLayout(SHAPE)

function machineOf(wasm: Uint8Array, maxPages = 64): ConsensusMachine {
  const checked = checkModule(wasm)
  if (checked.kind === 'refused') throw new Error(checked.problems[0]?.message)
  return new ConsensusMachine(meterModule(checked.module, { maxPages }))
}

function run(parts: TextModuleParts, options: Partial<RunOptions> = {}) {
  return machineOf(textModule(parts)).run(INPUT, { shape: SHAPE, seed: 9, fuelLimit: 1000, ...options })
}

const store = (address: string) => `(i32.store8 ${address} (i32.xor (i32.const 1) (i32.load8_u ${address})))`
const past = (base: string, bytes: number) => `(i32.add (local.get ${base}) (i32.const ${bytes}))`

describe('what a run may write', () => {
  const { inputLayout, outputLayout } = LAYOUT
  it.each([
    ['the last byte of the outputs', past('$output', outputLayout.sizeBytes - 1)],
    ['the last byte of scratch', past('$scratch', LAYOUT.scratchBytes - 1)],
    ['its own static data', '(i32.const 100)'],
  ])('%s', (_, address) => {
    expect(run({ run: store(address) })).toMatchObject({ kind: 'returned', strayWrite: null })
  })

  it.each([
    ['the first byte of the input', '(local.get $input)', 'the input', 0],
    [
      'the last byte of the input',
      past('$input', inputLayout.sizeBytes - 1),
      'the input',
      inputLayout.sizeBytes - 1,
    ],
    ['a byte past the outputs', past('$output', outputLayout.sizeBytes), 'a gap between regions', 0],
    ['a byte before the input', past('$input', -1), 'a gap between regions', 4095],
    ['a byte past scratch', past('$scratch', LAYOUT.scratchBytes), 'a gap between regions', 0],
    ['a byte past the block', past('$input', LAYOUT.sizeBytes - LAYOUT.input), 'memory above the block', 0],
  ])('not %s', (_, address, where, offset) => {
    expect(run({ run: store(address) })).toMatchObject({ kind: 'returned', strayWrite: { where, offset } })
  })

  it('memory above the block when the module owns it', () => {
    const address = past('$input', LAYOUT.sizeBytes - LAYOUT.input)
    const more = '(func (export "own_heap") (result i32) (i32.const 1))'
    expect(run({ run: store(address), more })).toMatchObject({ kind: 'returned', strayWrite: null })
  })

  it('pages that it adds', () => {
    const body = '(i32.store8 (i32.shl (memory.grow (i32.const 1)) (i32.const 16)) (i32.const 7))'
    expect(run({ run: body })).toMatchObject({ kind: 'returned', strayWrite: null })
  })
})

describe('how a run ends', () => {
  it('by a trap, with its reason and the functions', () => {
    expect(run({ run: 'unreachable' })).toMatchObject({
      kind: 'trapped',
      reason: 'unreachable',
      stack: ['function 2'],
    })
    expect(run({ run: '(drop (i32.div_u (i32.const 1) (i32.const 0)))' })).toMatchObject({
      reason: 'division by zero',
    })
    expect(run({ run: '(drop (i32.load (i32.const -8)))' })).toMatchObject({ reason: 'out of bounds' })
    const more = '(func $f (call $f))'
    expect(run({ run: '(call $f)', more }, { fuelLimit: 1e9 })).toMatchObject({ reason: 'stack exhausted' })
  })

  it('at the limit of instructions, in loops and in recursion', () => {
    expect(run({ run: '(loop (br 0))' })).toMatchObject({ kind: 'fuelLimit', limit: 1000 })
    expect(run({ run: '(call $f)', more: '(func $f (call $f))' })).toMatchObject({ kind: 'fuelLimit' })
  })

  it('at a limit of exactly what it needs it returns, and one below it does not', () => {
    const body = `(local $i i32) (loop (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if 0 (i32.lt_u (local.get $i) (i32.const 10))))`
    // 8 instructions a round; the limit is looked at when a round begins, and so after nine of them.
    expect(run({ run: body }, { fuelLimit: 72 })).toMatchObject({ kind: 'returned', fuel: 80 })
    expect(run({ run: body }, { fuelLimit: 71 })).toMatchObject({ kind: 'fuelLimit' })
  })

  it('counts what bulk instructions move, 8 bytes an instruction', () => {
    const fill = (bytes: number) => `(memory.fill (i32.const 0) (i32.const 0) (i32.const ${bytes}))`
    expect(run({ run: fill(0) })).toMatchObject({ fuel: 4 })
    expect(run({ run: fill(807) })).toMatchObject({ fuel: 104 })
    expect(run({ run: '(memory.copy (i32.const 0) (i32.const 0) (i32.const 16))' })).toMatchObject({
      fuel: 6,
    })
  })

  it('without room, when `alloc` returns 0 or traps', () => {
    expect(run({ alloc: '(i32.const 0)' })).toMatchObject({ kind: 'noRoom', blockBytes: LAYOUT.sizeBytes })
    expect(run({ alloc: 'unreachable' })).toMatchObject({ kind: 'noRoom' })
  })

  it('before it begins, when the module breaks the ABI', () => {
    expect(run({ version: '(i32.const 2)' })).toMatchObject({
      kind: 'abiBroken',
      message: '`abi_version` returns 2, not 1.',
    })
    expect(run({ alloc: '(i32.const 65528)' })).toMatchObject({ kind: 'abiBroken' })
    expect(run({ alloc: '(i32.const 65536)' })).toMatchObject({ kind: 'abiBroken' })
  })

  it('within its pages', () => {
    const body = '(if (i32.eq (memory.grow (i32.const 10)) (i32.const -1)) (then unreachable))'
    const machine = (pages: number) => machineOf(textModule({ run: body }), pages)
    const options = { shape: SHAPE, seed: 0, fuelLimit: 1000 }
    const pages = 1 + 1 + Math.floor(LAYOUT.sizeBytes / 65_536) + 10
    expect(machine(pages).run(INPUT, options)).toMatchObject({ kind: 'returned', pages })
    expect(machine(pages - 1).run(INPUT, options)).toMatchObject({ kind: 'trapped', reason: 'unreachable' })
  })
})

describe('inputs and outputs', () => {
  it('are laid out as the page says', () => {
    // Each neuron's consensus becomes the low half of its stake: read at 64, written at 0.
    const body = `(local $i i32) (loop
      (i32.store16 (i32.add (local.get $output) (i32.shl (local.get $i) (i32.const 1)))
        (i32.load16_u offset=64 (i32.add (local.get $input) (i32.shl (local.get $i) (i32.const 3)))))
      (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.load offset=${HEADER.n} (local.get $input)))))`
    const input: ConsensusInput = {
      ...INPUT,
      neurons: INPUT.neurons.map((neuron, i) => ({ ...neuron, stake: BigInt(1000 + i) })),
    }
    const result = machineOf(textModule({ run: body })).run(input, { shape: SHAPE, seed: 3, fuelLimit: 1000 })
    expect(result).toMatchObject({ kind: 'returned', output: { consensus: [1000, 1001, 1002] } })
  })

  it('do not depend on shape, gaps or arbitrary bytes, for a function that keeps the ABI', () => {
    const machine = machineOf(exampleModule('goodYuma'))
    const wanted = yuma(INPUT)
    for (const shape of [shapeOf(INPUT), SHAPE, { maxN: 40, cap: 9 }]) {
      for (const gapBytes of [0, 16, 4096]) {
        const result = machine.run(INPUT, { shape, gapBytes, seed: gapBytes + 1, fuelLimit: 1e6 })
        expect(result).toMatchObject({ kind: 'returned', output: wanted, strayWrite: null })
      }
    }
  })

  it('refuses an input that the shape does not hold', () => {
    expect(() => run({}, { shape: { maxN: 2, cap: 4 } })).toThrow(/does not fit the shape 2 x 4/)
    expect(() => run({}, { shape: { maxN: 4, cap: 2 } })).toThrow(/does not fit the shape 4 x 2/)
    expect(() => run({}, { shape: { maxN: 0, cap: 2 } })).toThrow(/maxN is 0/)
    expect(() => run({}, { shape: { maxN: 65_535, cap: 65_535 } })).toThrow(/the limit is 2 GiB/)
  })
})

describe('edges', () => {
  it('tell the outcomes of a branch apart', () => {
    const branch = `(block (br_if 0 (i32.load offset=${HEADER.n} (local.get $input))) (nop))`
    const checked = checkModule(textModule({ run: branch }))
    if (checked.kind === 'refused') throw new Error('the module keeps the rules')
    const metered = meterModule(checked.module, { maxPages: 64 })
    const machine = new ConsensusMachine(metered)
    const edges = new EdgeSet(metered.edgeCount)
    const options = { shape: SHAPE, seed: 0, fuelLimit: 1000 }
    machine.run(INPUT, options)
    expect(edges.add(machine.edges)).toBe(true)
    machine.run(INPUT, options)
    expect(edges.add(machine.edges)).toBe(false)
    machine.run({ ...INPUT, neurons: [] }, options)
    expect(edges.add(machine.edges)).toBe(true)
    // Entries of three functions, and two outcomes; nothing else was there to take.
    expect([edges.size, metered.edgeCount]).toEqual([5, 5])
  })
})

import type { Program } from '../decode/index.ts'
import { Memory } from '../memory/index.ts'
import type { Region } from '../regions/index.ts'
import { isTerm } from '../terms/index.ts'
import type { Machine, State, Walker } from '../walk/index.ts'

const PAGE_BYTES = 65_536

/** A module of ABI 1 after instantiation and `alloc`, before `run`; or why it does not get there. */
export type Instantiated =
  | { readonly kind: 'ready'; readonly state: State; readonly base: number; readonly ownsHeap: boolean }
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Instantiates as the host does: globals, data, `start`, `abi_version`, `own_heap` and `alloc(blockBytes)`, all of which are
 * concrete and have the whole memory for their own.
 */
export function instantiate(walker: Walker, machine: Machine, blockBytes: number): Instantiated {
  const { program } = walker
  let state: State = freshState(walker, program)
  if (program.start !== null) {
    const started = machine.run(program.start, [], withWholeMemory(state))
    if (started === null) return failed('its start function traps')
    state = started
  }
  const version = callConcrete(machine, program, { state, name: 'abi_version', operands: [] })
  if (version.kind === 'failed') return version
  if (version.result !== 1) return failed(`abi_version returns ${version.result}, and must return 1`)
  let ownsHeap = false
  if (program.exports.has('own_heap')) {
    const heap = callConcrete(machine, program, { state: version.state, name: 'own_heap', operands: [] })
    if (heap.kind === 'failed') return heap
    ownsHeap = heap.result === 1
  }
  const block = callConcrete(machine, program, {
    state: version.state,
    name: 'alloc',
    operands: [blockBytes],
  })
  if (block.kind === 'failed') return block
  const base = block.result
  if (base === 0) return failed(`alloc finds no room for ${blockBytes} bytes`)
  const isInside = base % 16 === 0 && base + blockBytes <= block.state.pages * PAGE_BYTES
  if (!isInside) return failed(`alloc(${blockBytes}) returns ${base}, no multiple of 16 inside memory`)
  return { kind: 'ready', state: block.state, base, ownsHeap }
}

function failed(message: string): Instantiated & { readonly kind: 'failed' } {
  return { kind: 'failed', message }
}

function freshState(walker: Walker, program: Program): State {
  const memory = new Memory(walker.builder)
  for (const { offset, bytes } of program.data) {
    bytes.forEach((byte, i) => {
      if (byte !== 0) memory.write(offset + i, 1, byte)
    })
  }
  walker.peakPages = program.memory.minPages
  return {
    registers: [0],
    memory,
    globals: program.globals.map(({ initial }) => initial),
    pages: program.memory.minPages,
    regions: [],
    cost: 0,
    facts: null,
    path: null,
    isDead: false,
  }
}

/** Before the host lays out its block, all of memory is the module's. */
function withWholeMemory(state: State): State {
  const whole: Region = {
    name: 'memory',
    start: 0,
    end: state.pages * PAGE_BYTES,
    isReadable: true,
    isWritable: true,
  }
  return { ...state, registers: [0], regions: [whole] }
}

function callConcrete(
  machine: Machine,
  program: Program,
  call: { readonly state: State; readonly name: string; readonly operands: readonly number[] },
):
  | { readonly kind: 'called'; readonly state: State; readonly result: number }
  | (Instantiated & { readonly kind: 'failed' }) {
  const index = program.exports.get(call.name)
  if (index === undefined) return failed(`it does not export ${call.name}`)
  const { parameters, results } = program.functions[index]?.type ?? { parameters: [], results: [] }
  if (parameters.length !== call.operands.length || results.length !== 1)
    return failed(`${call.name} has another type`)
  const end = machine.run(index, call.operands, withWholeMemory(call.state))
  const result = end?.registers[0] ?? null
  if (end === null || isTerm(result) || result === null) return failed(`${call.name} traps`)
  return { kind: 'called', state: end, result: Number(result) }
}

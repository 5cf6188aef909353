import { errorMessage } from '../../../harness/base/errors.ts'
import { readIndex } from './readIndex.ts'
import { type ConsensusModule, type FunctionBody, readModule } from './readModule.ts'

/** What ABI 1 does not allow, found without running the module. */
export interface ModuleProblem {
  readonly rule:
    | 'format'
    | 'size'
    | 'imports'
    | 'exports'
    | 'memory'
    | 'integers'
    | 'instructions'
    | 'recursion'
    | 'indirect'
  readonly message: string
  /** Byte of the module; null when the problem has no place. */
  readonly offset: number | null
  /** True when the module can be run all the same, to show an input. */
  readonly runs: boolean
}

export type CheckedModule =
  | { readonly kind: 'refused'; readonly problems: readonly ModuleProblem[] }
  | {
      readonly kind: 'accepted'
      readonly module: ConsensusModule
      readonly problems: readonly ModuleProblem[]
    }

export const MAX_MODULE_BYTES = 1 << 20

const I32 = 0x7f
const I64 = 0x7e
const KIND_FUNCTION = 0
const KIND_MEMORY = 2
const CALL = 0x10
const CALL_INDIRECT = 0x11
const SHARED_OR_64 = 6
const SATURATING_LAST = 7

/** `[name, parameters, results]`, all of i32. */
const SIGNATURES: readonly (readonly [string, number, number, 'required' | 'optional'])[] = [
  ['abi_version', 0, 1, 'required'],
  ['alloc', 1, 1, 'required'],
  ['run', 3, 0, 'required'],
  ['own_heap', 0, 1, 'optional'],
]

/** First and last of float opcodes. */
const FLOATS: readonly (readonly [number, number])[] = [
  [0x2a, 0x2b],
  [0x38, 0x39],
  [0x43, 0x44],
  [0x5b, 0x66],
  [0x8b, 0xa6],
  [0xa8, 0xab],
  [0xae, 0xbf],
]

/** Holds a module against the static rules of ABI 1 (docs/consensus-abi.md). */
export function checkModule(wasm: Uint8Array): CheckedModule {
  const refuse = (rule: ModuleProblem['rule'], message: string): CheckedModule => ({
    kind: 'refused',
    problems: [problem(rule, message)],
  })
  if (wasm.length > MAX_MODULE_BYTES) {
    return refuse('size', `The module has ${wasm.length} bytes; the limit is ${MAX_MODULE_BYTES}.`)
  }
  if (!WebAssembly.validate(wasm)) {
    return refuse('format', 'The file is not a valid WebAssembly module.')
  }
  let module: ConsensusModule
  try {
    module = readModule(wasm)
  } catch (error) {
    return refuse('instructions', `The module uses what ABI 1 does not have: ${errorMessage(error)}.`)
  }
  const problems = [
    ...importProblems(module),
    ...memoryProblems(module),
    ...exportProblems(module),
    ...typeProblems(module),
    ...module.functions.flatMap((body) => bodyProblems(module, body)),
    ...recursionProblems(module),
  ]
  return problems.some((one) => !one.runs)
    ? { kind: 'refused', problems }
    : { kind: 'accepted', module, problems }
}

function problem(rule: ModuleProblem['rule'], message: string, offset: number | null = null): ModuleProblem {
  return { rule, message, offset, runs: rule === 'recursion' || rule === 'indirect' }
}

function importProblems({ importCount }: ConsensusModule): readonly ModuleProblem[] {
  if (importCount === 0) return []
  const what = importCount === 1 ? 'something' : `${importCount} things`
  return [problem('imports', `The module imports ${what}; a consensus function imports nothing.`)]
}

function memoryProblems({ memories, exports }: ConsensusModule): readonly ModuleProblem[] {
  const [memory] = memories
  if (memory === undefined || memories.length > 1) {
    return [problem('memory', `The module defines ${memories.length} memories; it needs one.`)]
  }
  if ((memory.flags & SHARED_OR_64) !== 0)
    return [problem('memory', 'The memory is shared or has 64-bit addresses.')]
  const exported = exports.some((one) => one.name === 'memory' && one.kind === KIND_MEMORY)
  return exported ? [] : [problem('exports', 'The module does not export its memory as `memory`.')]
}

function exportProblems(module: ConsensusModule): readonly ModuleProblem[] {
  return SIGNATURES.flatMap(([name, params, results, presence]) => {
    const found = module.exports.find((one) => one.name === name)
    const wanted = `\`${name}(${Array.from({ length: params }, () => 'i32').join(', ')})${results === 1 ? ' -> i32' : ''}\``
    if (found === undefined) {
      return presence === 'optional' ? [] : [problem('exports', `The module does not export ${wanted}.`)]
    }
    const type =
      found.kind === KIND_FUNCTION ? module.types[module.functionTypes[found.index] ?? -1] : undefined
    const fits =
      type !== undefined &&
      type.params.length === params &&
      type.results.length === results &&
      [...type.params, ...type.results].every((one) => one === I32)
    return fits ? [] : [problem('exports', `The export \`${name}\` is not the function ${wanted}.`)]
  })
}

function typeProblems({ types, globals }: ConsensusModule): readonly ModuleProblem[] {
  const used = [...types.flatMap((type) => [...type.params, ...type.results]), ...globals]
  return used.every(isInteger)
    ? []
    : [problem('integers', 'A function or global has a type other than i32 and i64.')]
}

const isInteger = (type: number): boolean => type === I32 || type === I64

function bodyProblems(module: ConsensusModule, body: FunctionBody): readonly ModuleProblem[] {
  const name = functionName(module, body.index)
  const problems: ModuleProblem[] = []
  if (!body.localGroups.every((group) => isInteger(group.type))) {
    problems.push(problem('integers', `${name} has a local that is not an integer.`, body.start))
  }
  for (const { opcode, misc, offset } of body.instructions) {
    const what = forbidden(opcode, misc)
    if (what === null || problems.some((one) => one.rule === what)) continue
    problems.push(problem(what, `${name} has ${SAYS[what]} at byte ${offset}.`, offset))
  }
  return problems
}

type Forbidden = 'integers' | 'instructions' | 'indirect'
const SAYS: Readonly<Record<Forbidden, string>> = {
  integers: 'a floating-point instruction',
  instructions: 'an instruction that ABI 1 does not have',
  indirect: 'an indirect call, whose target depends on data,',
}

function forbidden(opcode: number, misc: number): Forbidden | null {
  if (opcode === 0xfc) {
    if (misc <= SATURATING_LAST) return 'integers'
    return misc === 10 || misc === 11 ? null : 'instructions'
  }
  if (FLOATS.some(([first, last]) => opcode >= first && opcode <= last)) return 'integers'
  if (opcode === CALL_INDIRECT) return 'indirect'
  // References: `table.get` and `table.set`, `ref.null` to `ref.func`, `select` with a type.
  return opcode === 0x25 || opcode === 0x26 || opcode === 0x1c || (opcode >= 0xd0 && opcode <= 0xd2)
    ? 'instructions'
    : null
}

/** One problem for each function through which calls lead back to it. */
function recursionProblems(module: ConsensusModule): readonly ModuleProblem[] {
  const calls = module.functions.map((body) => calledBy(module, body))
  return module.functions.flatMap((body) => {
    const path = pathBack(calls, body.index)
    if (path === null) return []
    const names = path.map((index) => functionName(module, index)).join(' > ')
    return [problem('recursion', `Calls lead back to where they began: ${names}.`, body.start)]
  })
}

function calledBy(module: ConsensusModule, body: FunctionBody): readonly number[] {
  return body.instructions
    .filter(({ opcode }) => opcode === CALL)
    .map(({ offset }) => readIndex(module.wasm, offset + 1))
}

/** The shortest way of calls from a function back to itself; null when there is none. */
function pathBack(calls: readonly (readonly number[])[], start: number): readonly number[] | null {
  const cameFrom = new Map<number, number>()
  const queue = [start]
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const next of calls[at] ?? []) {
      if (next === start) return wayTo(cameFrom, start, at)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, at)
      queue.push(next)
    }
  }
  return null
}

function wayTo(cameFrom: ReadonlyMap<number, number>, start: number, last: number): readonly number[] {
  const path = [start]
  for (let at: number | undefined = last; at !== undefined && at !== start; at = cameFrom.get(at)) {
    path.splice(1, 0, at)
  }
  return [...path, start]
}

/** The name that the compiler left, or the index. */
export function functionName(module: ConsensusModule, index: number): string {
  return module.names.get(index) ?? `function ${index}`
}

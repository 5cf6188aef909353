import { chargeRuns } from '../cost/index.ts'
import type { Instruction, Program, ProgramFunction, Width } from '../decode/index.ts'
import type { AlarmKind, Site } from '../regions/index.ts'
import { type AccessSite, loadValue, storeValue } from './accessMemory.ts'
import { copyMemory, fillMemory } from './bulkMemory.ts'
import {
  blockPart,
  branchIfPart,
  branchPart,
  branchTablePart,
  ifPart,
  loopPart,
  type Part,
  sequence,
  type Target,
} from './control.ts'
import { growMemory } from './growMemory.ts'
import { Label } from './label.ts'
import { binaryStep, divisionStep, type Reader, readerOf, type Step, unaryStep } from './numericSteps.ts'
import type { Operand } from './operand.ts'
import type { Walker, Window } from './walker.ts'

/** A function as closures over its walker. */
export interface CompiledFunction {
  readonly name: string
  readonly body: Part
  readonly label: Label
  /** A frame of zeros. */
  readonly frame: readonly number[]
  readonly parameters: number
  /** Where the results lie when the body has ended. */
  readonly resultsFrom: number
  readonly results: number
}

/** How a compiled call finds what it calls. */
export interface Calls {
  call(index: number, at: number, operands: readonly Reader[], resultsTo: number): Part
  callIndirect(site: Site, instruction: Instruction, place: Reader, rest: IndirectOperands): Part
}

export interface IndirectOperands {
  readonly operands: readonly Reader[]
  readonly resultsTo: number
}

/** Compiles the body of one function. `sites` gets every place that may trap or not end. */
export function compileFunction(
  walker: Walker,
  target: ProgramFunction,
  context: { readonly calls: Calls; readonly sites: Site[] },
): CompiledFunction {
  return new FunctionCompiler(walker, target, context).compile()
}

const DIVISIONS: ReadonlySet<string> = new Set(['div_s', 'div_u', 'rem_s', 'rem_u'])

class FunctionCompiler {
  readonly #walker: Walker
  readonly #program: Program
  readonly #function: ProgramFunction
  readonly #calls: Calls
  readonly #sites: Site[]
  readonly #charges: ReadonlyMap<number, number>
  readonly #localWidths: readonly Width[]
  readonly #labels: Label[] = []
  #stack: Operand[] = []
  #highest = 0
  #pc = 0
  #parts: Part[] = []
  #steps: Step[] = []
  /** The last step, when its result may go elsewhere. */
  #movable: { readonly slot: number; readonly make: (to: number) => Step } | null = null

  constructor(
    walker: Walker,
    target: ProgramFunction,
    { calls, sites }: { readonly calls: Calls; readonly sites: Site[] },
  ) {
    this.#walker = walker
    this.#program = walker.program
    this.#function = target
    this.#calls = calls
    this.#sites = sites
    this.#charges = chargeRuns(target.code)
    this.#localWidths = [...target.type.parameters, ...target.locals]
  }

  compile(): CompiledFunction {
    const { type, name } = this.#function
    const label = this.#createLabel(0, type.results, [])
    this.#labels.push(label)
    const body = this.#sequence()
    const frame = new Array<number>(this.#localWidths.length + this.#highest + type.results.length).fill(0)
    return {
      name,
      body,
      label,
      frame,
      parameters: type.parameters.length,
      resultsFrom: this.#localWidths.length,
      results: type.results.length,
    }
  }

  /** A label whose values lie from stack place `height` on; below it lie values that were there before. */
  #createLabel(height: number, values: readonly Width[], locals = this.#localWidths): Label {
    const below = this.#stack.slice(0, height).map(({ width }) => width)
    const window: Window = {
      localWidths: locals,
      stackFrom: this.#localWidths.length,
      stackWidths: [...below, ...values],
    }
    return new Label(this.#walker, window, values.length)
  }

  /** Instructions up to the `else` or `end` of this block, which stays the next to be read. */
  #sequence(): Part {
    const outerParts = this.#parts
    const outerSteps = this.#steps
    this.#parts = []
    this.#steps = []
    this.#movable = null
    for (;;) {
      const instruction = this.#function.code[this.#pc]
      if (instruction === undefined || instruction.kind === 'end' || instruction.kind === 'else') break
      this.#emitCharge()
      const isLeft = this.#compile(instruction)
      this.#pc++
      if (isLeft) this.#skipDeadCode()
    }
    this.#settle()
    this.#emitCharge()
    this.#flush()
    const part = sequence(this.#parts)
    this.#parts = outerParts
    this.#steps = outerSteps
    this.#movable = null
    return part
  }

  #skipDeadCode(): void {
    let depth = 0
    for (; ; this.#pc++) {
      const kind = this.#function.code[this.#pc]?.kind
      if (kind === undefined) return
      if (depth === 0 && (kind === 'end' || kind === 'else')) return
      if (kind === 'block' || kind === 'loop' || kind === 'if') depth++
      if (kind === 'end') depth--
    }
  }

  #emitCharge(): void {
    const count = this.#charges.get(this.#pc)
    if (count === undefined) return
    const walker = this.#walker
    this.#emit((state) => walker.charge(state, count))
  }

  #emit(step: Step): void {
    this.#steps.push(step)
    this.#movable = null
  }

  #flush(): void {
    const steps = this.#steps
    this.#steps = []
    this.#movable = null
    if (steps.length === 0) return
    this.#parts.push((state) => {
      for (let i = 0; i < steps.length; i++) {
        steps[i]?.(state)
        if (state.isDead) return null
      }
      return state
    })
  }

  #add(part: Part): void {
    this.#flush()
    this.#parts.push(part)
  }

  // The operand stack while compiling.

  #slotAt(place: number): number {
    if (place + 1 > this.#highest) this.#highest = place + 1
    return this.#localWidths.length + place
  }

  #pop(): Operand {
    return this.#stack.pop() ?? { kind: 'constant', value: 0, width: 32 }
  }

  #popMany(count: number): readonly Operand[] {
    return this.#stack.splice(Math.max(0, this.#stack.length - count), count)
  }

  /** Emits a step that leaves a result on the stack. */
  #pushResult(width: Width, make: (to: number) => Step): void {
    const slot = this.#slotAt(this.#stack.length)
    this.#emit(make(slot))
    this.#movable = { slot, make }
    this.#stack.push({ kind: 'slot', slot, width })
  }

  /** Moves every operand to its own place on the stack: needed where paths part or join. */
  #settle(): void {
    this.#stack = this.#stack.map((operand, place) => this.#settleOne(operand, place))
  }

  #settleOne(operand: Operand, place: number): Operand {
    const slot = this.#slotAt(place)
    if (operand.kind === 'slot' && operand.slot === slot) return operand
    const read = readerOf(operand)
    this.#emit((state) => {
      state.registers[slot] = read(state)
    })
    return { kind: 'slot', slot, width: operand.width }
  }

  /** Saves operands that stand for a local before it changes. */
  #saveUses(local: number): void {
    this.#stack = this.#stack.map((operand, place) =>
      operand.kind === 'slot' && operand.slot === local ? this.#settleOne(operand, place) : operand,
    )
  }

  #setLocal(local: number): void {
    const value = this.#pop()
    const movable = this.#movable
    const isUsed = this.#stack.some((operand) => operand.kind === 'slot' && operand.slot === local)
    if (!isUsed && movable !== null && value.kind === 'slot' && movable.slot === value.slot) {
      this.#steps.pop()
      this.#emit(movable.make(local))
      return
    }
    this.#saveUses(local)
    const read = readerOf(value)
    this.#emit((state) => {
      state.registers[local] = read(state)
    })
  }

  #site(instruction: Instruction, kinds: readonly AlarmKind[]): Site {
    const site: Site = {
      functionIndex: this.#function.index,
      functionName: this.#function.name,
      offset: instruction.at,
      kinds,
      isReached: false,
    }
    this.#sites.push(site)
    return site
  }

  /** Compiles one instruction; true when what follows is reached by branches only. */
  #compile(instruction: Instruction): boolean {
    switch (instruction.kind) {
      case 'block':
      case 'loop':
      case 'if':
        this.#compileBlock(instruction)
        return false
      case 'br':
      case 'brIf':
      case 'brTable':
      case 'return':
      case 'unreachable':
        return this.#compileBranch(instruction)
      case 'call':
      case 'callIndirect':
        this.#compileCall(instruction)
        return false
      case 'load':
      case 'store':
      case 'memorySize':
      case 'memoryGrow':
      case 'memoryFill':
      case 'memoryCopy':
        this.#compileMemory(instruction)
        return false
      case 'numeric':
        this.#compileNumeric(instruction)
        return false
      default:
        this.#compilePlain(instruction)
        return false
    }
  }

  #compilePlain(instruction: Instruction): void {
    switch (instruction.kind) {
      case 'drop':
        this.#pop()
        return
      case 'constant':
        this.#stack.push({ kind: 'constant', value: instruction.value, width: instruction.width })
        return
      case 'localGet': {
        const width = this.#localWidths[instruction.index] ?? 32
        this.#stack.push({ kind: 'slot', slot: instruction.index, width })
        return
      }
      case 'localSet':
        this.#setLocal(instruction.index)
        return
      case 'localTee': {
        this.#setLocal(instruction.index)
        const width = this.#localWidths[instruction.index] ?? 32
        this.#stack.push({ kind: 'slot', slot: instruction.index, width })
        return
      }
      case 'globalGet': {
        const { index } = instruction
        this.#pushResult(this.#program.globals[index]?.width ?? 32, (to) => (state) => {
          state.registers[to] = state.globals[index] ?? 0
        })
        return
      }
      case 'globalSet': {
        const read = readerOf(this.#pop())
        this.#emit((state) => {
          state.globals[instruction.index] = read(state)
        })
        return
      }
      case 'select':
        this.#compileSelect()
        return
      default:
        return
    }
  }

  #compileSelect(): void {
    const [a, b, condition] = this.#popMany(3)
    if (a === undefined || b === undefined || condition === undefined) return
    const [readA, readB, readCondition] = [readerOf(a), readerOf(b), readerOf(condition)]
    const { builder } = this.#walker
    this.#pushResult(a.width, (to) => (state) => {
      const chosen = builder.select(readCondition(state), [readA(state), readB(state)], a.width, state.facts)
      state.registers[to] = chosen
    })
  }

  #compileNumeric(instruction: Instruction & { readonly kind: 'numeric' }): void {
    const { op } = instruction
    if (op.operands === 1) {
      const make = unaryStep(this.#walker, op, this.#pop())
      this.#pushResult(op.resultWidth, make)
      return
    }
    const b = this.#pop()
    const a = this.#pop()
    if (!DIVISIONS.has(op.name)) {
      this.#pushResult(op.resultWidth, binaryStep(this.#walker, op, a, b))
      return
    }
    const kinds: readonly AlarmKind[] =
      op.name === 'div_s' ? ['division by zero', 'signed division overflow'] : ['division by zero']
    const site = this.#site(instruction, kinds)
    this.#pushResult(op.resultWidth, divisionStep(this.#walker, site, op, [a, b]))
  }

  #compileMemory(instruction: Instruction): void {
    switch (instruction.kind) {
      case 'load':
      case 'store':
        this.#compileAccess(instruction)
        return
      case 'memorySize':
        this.#pushResult(32, (to) => (state) => {
          state.registers[to] = state.pages
        })
        return
      case 'memoryGrow': {
        const site = this.#site(instruction, ['memory grows by a value'])
        const read = readerOf(this.#pop())
        this.#pushResult(32, (to) => (state) => {
          state.registers[to] = growMemory(this.#walker, site, state, read(state))
        })
        return
      }
      case 'memoryFill':
      case 'memoryCopy':
        this.#compileBulk(instruction)
        return
    }
  }

  #compileBulk(instruction: Instruction): void {
    const site = this.#site(instruction, [
      'out of memory bounds',
      'write outside regions',
      'read outside regions',
    ])
    const [to, source, count] = this.#popMany(3)
    if (to === undefined || source === undefined || count === undefined) return
    const [readTo, readSource, readCount] = [readerOf(to), readerOf(source), readerOf(count)]
    const act = instruction.kind === 'memoryFill' ? fillMemory : copyMemory
    const walker = this.#walker
    this.#emit((state) => {
      act(walker, site, state, { to: readTo(state), source: readSource(state), count: readCount(state) })
    })
  }

  #compileAccess(instruction: Instruction & { readonly kind: 'load' | 'store' }): void {
    const isWrite = instruction.kind === 'store'
    const { access } = instruction
    const site = this.#site(instruction, [
      'out of memory bounds',
      isWrite ? 'write outside regions' : 'read outside regions',
    ])
    const at: AccessSite = { site, access, isWrite, lastRegion: null }
    const walker = this.#walker
    if (isWrite) {
      const readValue = readerOf(this.#pop())
      const readAddress = readerOf(this.#pop())
      this.#emit((state) => {
        storeValue(walker, at, state, { address: readAddress(state), value: readValue(state) })
      })
      return
    }
    const readAddress = readerOf(this.#pop())
    this.#pushResult(access.width, (to) => (state) => {
      state.registers[to] = loadValue(walker, at, state, readAddress(state))
    })
  }

  #compileCall(instruction: Instruction): void {
    if (instruction.kind === 'callIndirect') {
      const site = this.#site(instruction, ['wrong indirect call'])
      const place = readerOf(this.#pop())
      const { parameters, results } = instruction.type
      const operands = this.#popMany(parameters.length).map(readerOf)
      this.#settle()
      const resultsTo = this.#slotAt(this.#stack.length)
      this.#add(this.#calls.callIndirect(site, instruction, place, { operands, resultsTo }))
      this.#pushSettled(results)
      return
    }
    if (instruction.kind !== 'call') return
    const callee = this.#program.functions[instruction.callee]
    const operands = this.#popMany(callee?.type.parameters.length ?? 0).map(readerOf)
    const resultsTo = this.#slotAt(this.#stack.length)
    this.#add(this.#calls.call(instruction.callee, instruction.at, operands, resultsTo))
    this.#pushSettled(callee?.type.results ?? [])
  }

  /** Values that are in their places already. */
  #pushSettled(widths: readonly Width[]): void {
    for (const width of widths) {
      this.#stack.push({ kind: 'slot', slot: this.#slotAt(this.#stack.length), width })
    }
  }

  #compileBlock(instruction: Instruction & { readonly kind: 'block' | 'loop' | 'if' }): void {
    const condition = instruction.kind === 'if' ? readerOf(this.#pop()) : null
    this.#settle()
    const { parameters, results } = instruction.type
    const height = this.#stack.length - parameters.length
    const isLoop = instruction.kind === 'loop'
    const label = this.#createLabel(height, isLoop ? parameters : results)
    const after = isLoop ? this.#createLabel(height, results) : label
    const entry = this.#stack.slice()
    this.#labels.push(label)
    // The charge of an `if` was emitted before it; a loop's first run is charged inside.
    this.#pc++
    const body = this.#sequence()
    let otherwise: Part | null = null
    if (this.#function.code[this.#pc]?.kind === 'else') {
      this.#stack = entry.slice()
      this.#pc++
      otherwise = this.#sequence()
    }
    this.#labels.pop()
    this.#stack = entry.slice(0, height)
    this.#pushSettled(results)
    if (condition !== null) {
      this.#add(ifPart(this.#walker, label, condition, { whenTrue: body, whenFalse: otherwise }))
    } else if (isLoop) {
      const site = this.#site(instruction, ['loop without bound'])
      this.#add(loopPart(this.#walker, { label, after, site }, body))
    } else this.#add(blockPart(this.#walker, label, body))
  }

  #compileBranch(instruction: Instruction): boolean {
    if (instruction.kind === 'unreachable') {
      const site = this.#site(instruction, ['unreachable'])
      const walker = this.#walker
      this.#emit((state) => {
        site.isReached = true
        walker.alarm(site, 'unreachable', state, { condition: 1, isCertain: true })
        state.isDead = true
      })
      return true
    }
    // Settling can't overwrite the condition: it was on top, and nothing else is put into its place.
    const isConditional = instruction.kind === 'brIf' || instruction.kind === 'brTable'
    const kept = isConditional ? readerOf(this.#pop()) : null
    this.#settle()
    if (instruction.kind === 'brIf' && kept !== null) {
      this.#add(branchIfPart(this.#walker, this.#target(instruction.depth), kept))
      return false
    }
    if (instruction.kind === 'brTable' && kept !== null) {
      const targets = instruction.depths.map((depth) => this.#target(depth))
      this.#add(
        branchTablePart(this.#walker, { targets, otherwise: this.#target(instruction.otherwise) }, kept),
      )
      return true
    }
    const depth = instruction.kind === 'br' ? instruction.depth : this.#labels.length - 1
    this.#add(branchPart(this.#target(depth)))
    return true
  }

  /** A label, and the moves that bring the values on top of the stack to its places. */
  #target(depth: number): Target {
    // SAFETY: V8 has validated the module, so that every depth names a label.
    const label = this.#labels[this.#labels.length - 1 - depth] as Label
    const below = label.window.stackWidths.length
    const count = label.carried
    const from = this.#localWidths.length + this.#stack.length - count
    const to = this.#localWidths.length + below - count
    return { label, from, to, count }
  }
}

import type { Instruction, Program } from '../decode/index.ts'
import type { Site } from '../regions/index.ts'
import type { Value } from '../terms/index.ts'
import {
  type Calls,
  type CompiledFunction,
  compileFunction,
  type IndirectOperands,
} from './compileFunction.ts'
import type { Part } from './control.ts'
import type { Reader } from './numericSteps.ts'
import type { State } from './state.ts'
import type { Walker } from './walker.ts'

/** The functions of a module, each compiled when it is first called. */
export class Machine implements Calls {
  readonly sites: Site[] = []
  readonly #walker: Walker
  readonly #program: Program
  readonly #compiled = new Map<number, CompiledFunction>()

  constructor(walker: Walker) {
    this.#walker = walker
    this.#program = walker.program
  }

  /** Calls a function on a state; the results are the first registers of what comes back. Null when no path returns. */
  run(index: number, operands: readonly Value[], state: State): State | null {
    const target = this.#functionAt(index)
    return this.#enter(target, { at: null, operands, resultsTo: 0 }, state)
  }

  call(index: number, at: number, operands: readonly Reader[], resultsTo: number): Part {
    return (state) => {
      const values = operands.map((read) => read(state))
      return this.#enter(this.#functionAt(index), { at, operands: values, resultsTo }, state)
    }
  }

  callIndirect(site: Site, instruction: Instruction, place: Reader, rest: IndirectOperands): Part {
    return (state) => {
      site.isReached = true
      const value = place(state)
      const index = typeof value === 'number' ? this.#program.table.get(value) : undefined
      const target = index === undefined ? undefined : this.#program.functions[index]
      const fits = instruction.kind === 'callIndirect' && sameType(target, instruction)
      if (index === undefined || !fits) {
        const isCertain = typeof value === 'number'
        const detail = isCertain ? 'the table has no such function' : 'what is called depends on a value'
        this.#walker.alarm(site, 'wrong indirect call', state, { condition: 1, isCertain, detail })
        return null
      }
      const operands = rest.operands.map((read) => read(state))
      const entry = { at: instruction.at, operands, resultsTo: rest.resultsTo }
      return this.#enter(this.#functionAt(index), entry, state)
    }
  }

  #functionAt(index: number): CompiledFunction {
    const known = this.#compiled.get(index)
    if (known !== undefined) return known
    const target = this.#program.functions[index]
    if (target === undefined) throw new Error(`no function ${index}`)
    const compiled = compileFunction(this.#walker, target, { calls: this, sites: this.sites })
    this.#compiled.set(index, compiled)
    return compiled
  }

  #enter(
    target: CompiledFunction,
    entry: { readonly at: number | null; readonly operands: readonly Value[]; readonly resultsTo: number },
    state: State,
  ): State | null {
    const walker = this.#walker
    const { callStack } = walker
    callStack.push({ name: target.name, callOffset: entry.at })
    if (callStack.length > walker.options.maxDepth) {
      this.#reportDepth(target, state)
      callStack.pop()
      return null
    }
    const caller = state.registers
    const frame: Value[] = target.frame.slice()
    for (let i = 0; i < entry.operands.length; i++) frame[i] = entry.operands[i] ?? 0
    state.registers = frame
    const saved = target.label.take()
    const end = walker.join(target.body(state), target.label.take(), target.label.window)
    target.label.restore(saved)
    callStack.pop()
    if (end === null) return null
    const results = end.registers
    // Paths that part after the call must not write into one array, and nobody else uses the caller's any more.
    end.registers = caller
    for (let i = 0; i < target.results; i++)
      caller[entry.resultsTo + i] = results[target.resultsFrom + i] ?? 0
    return end
  }

  #reportDepth(target: CompiledFunction, state: State): void {
    const site: Site = {
      functionIndex: -2,
      functionName: target.name,
      offset: 0,
      kinds: ['calls too deep'],
      isReached: true,
    }
    const detail = `more than ${this.#walker.options.maxDepth} calls inside one another`
    this.#walker.alarm(site, 'calls too deep', state, { condition: 1, isCertain: true, detail })
  }
}

function sameType(
  target:
    | { readonly type: { readonly parameters: readonly unknown[]; readonly results: readonly unknown[] } }
    | undefined,
  instruction: Instruction & { readonly kind: 'callIndirect' },
): boolean {
  return (
    target !== undefined &&
    target.type.parameters.join() === instruction.type.parameters.join() &&
    target.type.results.join() === instruction.type.results.join()
  )
}

import { hasEqualBounds, memoryHasEqualBounds } from '../memory/index.ts'
import type { Site } from '../regions/index.ts'
import type { Label } from './label.ts'
import type { Reader } from './numericSteps.ts'
import { forkState, type State } from './state.ts'
import type { Walker } from './walker.ts'
import { WalkStop } from './walkStop.ts'

/** A piece of code: gives the state in which it ends, null when no path comes to its end. May change its argument. */
export type Part = (state: State) => State | null

/** Where a branch goes, with the registers of the values that it carries. */
export interface Target {
  readonly label: Label
  readonly from: number
  readonly to: number
  readonly count: number
}

export function sequence(parts: readonly Part[]): Part {
  const [first] = parts
  if (first === undefined) return (state) => state
  if (parts.length === 1) return first
  return (start) => {
    let state: State | null = start
    for (let i = 0; i < parts.length && state !== null; i++) state = parts[i]?.(state) ?? null
    return state
  }
}

function jump(state: State, { label, from, to, count }: Target): void {
  if (from !== to) {
    for (let i = 0; i < count; i++) state.registers[to + i] = state.registers[from + i] ?? 0
  }
  label.arrive(state)
}

export function branchPart(target: Target): Part {
  return (state) => {
    jump(state, target)
    return null
  }
}

export function branchIfPart(walker: Walker, target: Target, condition: Reader): Part {
  return (state) => {
    const value = condition(state)
    const decided = walker.decide(value, state)
    if (decided === false) return state
    if (decided === true) {
      jump(state, target)
      return null
    }
    const taken = walker.assume(walker.fork(state), value, true)
    if (taken !== null) jump(taken, target)
    return walker.assume(state, value, false)
  }
}

export function branchTablePart(
  walker: Walker,
  { targets, otherwise }: { readonly targets: readonly Target[]; readonly otherwise: Target },
  place: Reader,
): Part {
  return (start) => {
    const value = place(start)
    if (typeof value === 'number') {
      jump(start, targets[value] ?? otherwise)
      return null
    }
    let state: State | null = start
    for (let i = 0; i < targets.length && state !== null; i++) {
      const isHere = walker.builder.apply(walker.operator('eq', 32), value, i, state.facts)
      const decided = walker.decide(isHere, state)
      if (decided === false) continue
      const taken = decided === true ? state : walker.assume(walker.fork(state), isHere, true)
      const target = targets[i]
      if (taken !== null && target !== undefined) jump(taken, target)
      state = decided === true ? null : walker.assume(state, isHere, false)
    }
    if (state !== null) jump(state, otherwise)
    return null
  }
}

export function blockPart(walker: Walker, label: Label, body: Part): Part {
  return (state) => {
    const saved = label.take()
    const end = walker.join(body(state), label.take(), label.window)
    label.restore(saved)
    return end
  }
}

export function ifPart(
  walker: Walker,
  label: Label,
  condition: Reader,
  { whenTrue, whenFalse }: { readonly whenTrue: Part; readonly whenFalse: Part | null },
): Part {
  const otherwise: Part = whenFalse ?? ((state) => state)
  return (state) => {
    const saved = label.take()
    const value = condition(state)
    const decided = walker.decide(value, state)
    let end: State | null
    if (decided !== null) end = decided ? whenTrue(state) : otherwise(state)
    else {
      const other = walker.fork(state)
      const first = walker.assume(state, value, true)
      const second = walker.assume(other, value, false)
      const endOfFirst = first === null ? null : whenTrue(first)
      end = walker.join(endOfFirst, second === null ? null : otherwise(second), label.window)
    }
    end = walker.join(end, label.take(), label.window)
    label.restore(saved)
    return end
  }
}

interface Loop {
  readonly label: Label
  /** The end of the loop, which is reached by falling out of its body. */
  readonly after: Label
  readonly site: Site
}

/**
 * Iterates until no path comes back to the start. A state that stands for the same as an earlier one of the same loop
 * would come back forever: then the loop has no bound that could be proved, and the walk leaves it with an alarm.
 */
export function loopPart(walker: Walker, { label, after, site }: Loop, body: Part): Part {
  return (start) => {
    site.isReached = true
    const saved = label.take()
    let exit: State | null = null
    let state: State | null = start
    let earlier: State | null = null
    for (let iteration = 0; state !== null; iteration++) {
      if (earlier !== null && repeats(earlier, state, label)) {
        reportRepeat(walker, site, state, { earlier, iteration })
        break
      }
      // PERF: one earlier state is kept, a later one each time the count doubles; it is found within twice the iterations.
      if ((iteration & (iteration - 1)) === 0) earlier = forkState(state)
      const forksBefore = walker.forks
      exit = walker.join(exit, body(state), after.window)
      state = label.take()
      const isByValue = state !== null && walker.forks !== forksBefore
      if (walker.options.isExact && isByValue && iteration >= walker.options.maxUnrolled) {
        throw new WalkStop('unrolled', `a loop goes on after ${iteration} iterations`)
      }
    }
    label.restore(saved)
    return exit
  }
}

function repeats(earlier: State, state: State, { window }: Label): boolean {
  for (let i = 0; i < window.localWidths.length; i++) {
    if (!hasEqualBounds(earlier.registers[i] ?? 0, state.registers[i] ?? 0)) return false
  }
  for (let i = window.stackFrom; i < window.stackFrom + window.stackWidths.length; i++) {
    if (!hasEqualBounds(earlier.registers[i] ?? 0, state.registers[i] ?? 0)) return false
  }
  if (!earlier.globals.every((value, i) => hasEqualBounds(value, state.globals[i] ?? 0))) return false
  return earlier.pages === state.pages && memoryHasEqualBounds(earlier.memory, state.memory)
}

/** With concrete values the state is the same as before: then the run never ends, which is more than having no bound. */
function reportRepeat(
  walker: Walker,
  site: Site,
  state: State,
  { earlier, iteration }: { readonly earlier: State; readonly iteration: number },
): void {
  const isSame = earlier.registers.every((value, i) => value === state.registers[i])
  const isEndless = walker.forks === 0 && isSame
  walker.alarm(site, isEndless ? 'endless loop' : 'loop without bound', state, {
    condition: 1,
    isCertain: isEndless,
    detail: `the state repeats after ${iteration} iterations`,
  })
}

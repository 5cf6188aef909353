/** Walks a module's code on states that stand for many runs: both sides of a branch, joined where they meet. */
export { Machine } from './machine.ts'
export { forkState, type State } from './state.ts'
export { Walker, type WalkOptions } from './walker.ts'
export { WalkStop } from './walkStop.ts'

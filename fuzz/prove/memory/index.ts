/** Linear memory of a run that covers many: cells with values, shared between states, and arrays of which only a summary is known. */
export { type Addresses, isArray } from './addresses.ts'
export { hasEqualBounds, memoryHasEqualBounds } from './equalBounds.ts'
export { fillCells } from './fill.ts'
export { hullOfCells } from './hull.ts'
export { Memory } from './memory.ts'
export { type JoinCells, mergeMemory } from './mergeMemory.ts'
export type { CellSize } from './page.ts'
export { writeWeakly } from './weakWrite.ts'

import type { Facts, PathCondition, Value } from '../terms/index.ts'

/** What can go wrong at a site. */
export type AlarmKind =
  | 'unreachable'
  | 'division by zero'
  | 'signed division overflow'
  | 'out of memory bounds'
  | 'read outside regions'
  | 'write outside regions'
  | 'wrong indirect call'
  | 'memory grows by a value'
  | 'loop without bound'
  | 'endless loop'
  | 'calls too deep'

/** A place in the code that may trap, leave its regions, or never end. */
export interface Site {
  readonly functionIndex: number
  readonly functionName: string
  /** Byte offset of the instruction in the module. */
  readonly offset: number
  readonly kinds: readonly AlarmKind[]
  /** Whether any path came here. */
  isReached: boolean
}

/** One way that an alarm can occur, to be asked of a solver: the path and the condition. */
export interface Occurrence {
  readonly path: PathCondition
  readonly condition: Value
  readonly facts: Facts
}

/** What the walk could not exclude at a site. */
export interface Alarm {
  readonly kind: AlarmKind
  readonly site: Site
  /** Names of functions from the entry point to the site, with the offset of each call. */
  readonly callChain: readonly string[]
  /** Whether every run that comes here does it: bounds say so. */
  readonly isCertain: boolean
  readonly detail: string | null
  readonly occurrences: Occurrence[]
  count: number
}

/** What a solver says of a text. */
export type SolverAnswer =
  | { readonly kind: 'unsat' }
  /** Values of the names that were asked for. */
  | { readonly kind: 'sat'; readonly model: ReadonlyMap<string, bigint> }
  /** Gave up, ran out of time, or said something that is no verdict. */
  | { readonly kind: 'unknown'; readonly reason: string }

export interface SolverQuery {
  readonly text: string
  readonly assertions: number
  /** Constants whose values are wanted when the answer is "sat". */
  readonly names: readonly string[]
  /** After this the solver is ended. */
  readonly timeoutMs: number
  readonly signal: AbortSignal | null
}

/** A solver for SMT-LIB 2 texts of logic QF_BV. Never throws for what the solver does: that is `unknown`. */
export interface Solver {
  /** As in certificates: `z3-solver 5.2.0`, or the path of a program. */
  readonly name: string
  check(query: SolverQuery): Promise<SolverAnswer>
}

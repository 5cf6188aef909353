import type { ConsensusInput, Shape } from '../../consensus/abi/index.ts'
import type { AlarmKind } from '../regions/index.ts'

/** What is said of a claim. There is no word for "nothing can go wrong": a proof has its shapes and its assumptions. */
export type VerdictWord = 'PROVED' | 'FITTED' | 'BROKEN' | 'UNKNOWN'

export type ClaimName = 'no trap' | 'stays in its regions' | 'time' | 'memory'

/** A place in the module, as it is shown: names from the entry point on, each with the offset of its call. */
export interface SiteName {
  readonly functionName: string
  readonly offset: number
  readonly kind: AlarmKind
}

/** What was decided about one site and one thing that can go wrong there. */
export interface SiteDecision extends SiteName {
  readonly decidedBy: 'bounds' | 'solver' | 'never reached' | 'open' | 'broken'
}

/** Something that the walk could not exclude. */
export interface OpenAlarm extends SiteName {
  readonly callChain: string
  readonly detail: string | null
  /** The first shape with it, as text, and how many have it. */
  readonly firstShape: string
  readonly shapes: number
}

/** One query that a solver answered with "unsat", and what it closes. */
export interface SolvedQuery extends SiteName {
  readonly shape: string
  readonly encoding: 'free' | 'exact'
  readonly solver: string
  /** SMT-LIB 2 text; a solver that agrees says `unsat`. */
  readonly smt2: string
  readonly sha256: string
}

/** All walks of one family of shapes. */
export interface FamilyProof {
  /** As `all4` or `256x64`: what `parseFamilies` reads. */
  readonly spec: string
  /** As `every n <= 4 with every row length 0..n`. */
  readonly name: string
  readonly shapes: number
  /** Shapes that were walked to the end. */
  readonly walked: number
  /** Of these, shapes of which at least one run reaches the end: a proof about nothing is none. */
  readonly ended: number
  /** Why the rest was not walked; null when all were. */
  readonly stop: string | null
  readonly steps: number
  /** Most instructions of any run, and the shape; null without a bound. */
  readonly bound: { readonly instructions: number; readonly shape: string } | null
  /** Pages of 64 KiB at most. */
  readonly pages: number
  readonly open: readonly OpenAlarm[]
  readonly sites: readonly SiteDecision[]
}

/** One line of the verdict. */
export interface Claim {
  readonly word: VerdictWord
  readonly claim: ClaimName
  /** The family, a law, or a counterexample's size. */
  readonly about: string
  /** What is claimed, with its numbers, or what is missing. */
  readonly text: string
  readonly hint: string | null
}

/** An input that breaks a rule, replayed in V8. */
export interface BrokenInput {
  readonly rule: ClaimName
  readonly title: string
  readonly message: string
  readonly n: number
  readonly input: ConsensusInput
  readonly shape: Shape
  readonly foundBy: 'search' | 'solver'
}

/** How the bound grows, from exact bounds at equally spaced sizes. */
export interface FittedLaw {
  readonly rowLength: number
  readonly sizes: readonly { readonly n: number; readonly bound: number }[]
  readonly formula: string
  readonly kind: 'polynomial' | 'power'
  readonly degree: number
  /** What the law says for the largest subnet. */
  readonly atLargest: { readonly n: number; readonly instructions: number }
}

/** What a result depends on besides the module; time is not among it. */
export interface ProofLimits {
  readonly maxSteps: number
  readonly maxPages: number
  readonly searchRuns: number
}

/** Everything that was found out about one module. */
export interface ProofResult {
  /** BROKEN with any input that breaks a rule, PROVED when every claim of every family is, else UNKNOWN. */
  readonly verdict: Exclude<VerdictWord, 'FITTED'>
  readonly moduleSha256: string
  readonly sizeBytes: number
  readonly abiVersion: number
  readonly limits: ProofLimits
  readonly families: readonly FamilyProof[]
  readonly law: FittedLaw | null
  readonly broken: readonly BrokenInput[]
  readonly queries: readonly SolvedQuery[]
  readonly claims: readonly Claim[]
  readonly assumptions: readonly string[]
  readonly notLookedAt: readonly string[]
}

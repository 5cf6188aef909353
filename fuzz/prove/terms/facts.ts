import type { Interval } from './interval.ts'
import type { Term } from './term.ts'

/**
 * Narrower bounds of a term that hold on one path only, with the term's stride and a low that keeps to it: a list that grows when a condition is assumed, and is cut back where
 * paths join. Terms never change, so what one path has learned can't leak into another.
 */
export interface Fact extends Interval {
  readonly term: Term
  readonly previous: Facts
  readonly depth: number
}

/** The newest fact of a path; null when nothing was learned. */
export type Facts = Fact | null

/** Facts that are kept at most; each lookup walks the list. */
const MAX_FACTS = 64

/** The bounds of a term on a path: the newest fact about it, else its own. */
export function boundsOfTerm(term: Term, facts: Facts): Interval {
  if (!term.isNarrowed) return term
  for (let fact = facts; fact !== null; fact = fact.previous) if (fact.term === term) return fact
  return term
}

/** Facts with one more. Past the limit the older half is forgotten, which is sound: bounds get wider. */
export function addFact(facts: Facts, term: Term, bounds: Interval): Facts {
  term.isNarrowed = true
  const kept = facts !== null && facts.depth >= MAX_FACTS ? newest(facts, MAX_FACTS / 2) : facts
  const depth = kept === null ? 1 : kept.depth + 1
  return { term, low: bounds.low, high: bounds.high, stride: bounds.stride, previous: kept, depth }
}

function newest(facts: Fact, count: number): Facts {
  const list: Fact[] = []
  for (let fact: Facts = facts; fact !== null && list.length < count; fact = fact.previous) list.push(fact)
  let kept: Facts = null
  for (const { term, low, high, stride } of list.reverse()) {
    const depth: number = kept === null ? 1 : kept.depth + 1
    kept = { term, low, high, stride, previous: kept, depth }
  }
  return kept
}

/** What holds on both of two paths: the facts from before they parted, and where both know something of a term, its hull. */
export function commonFacts(a: Facts, b: Facts): Facts {
  if (a === b) return a
  const shared = commonAncestor(a, b)
  let result = shared
  for (let fact = a; fact !== shared && fact !== null; fact = fact.previous) {
    if (boundsOfTerm(fact.term, a) !== fact) continue
    const other = boundsOfTerm(fact.term, b)
    const before = boundsOfTerm(fact.term, shared)
    if (other === before) continue
    const low = Math.min(fact.low, other.low)
    const high = Math.max(fact.high, other.high)
    if (low > before.low || high < before.high) {
      const keepsStride = (low - before.low) % before.stride === 0
      result = addFact(result, fact.term, { low, high, stride: keepsStride ? before.stride : 1 })
    }
  }
  return result
}

function commonAncestor(a: Facts, b: Facts): Facts {
  let x = a
  let y = b
  while (x !== y) {
    if (x === null || y === null) return null
    if (x.depth > y.depth) x = x.previous
    else if (y.depth > x.depth) y = y.previous
    else {
      x = x.previous
      y = y.previous
    }
  }
  return x
}

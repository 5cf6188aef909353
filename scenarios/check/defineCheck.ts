import type { Check, CheckAnswer, CheckContext, CheckFacts, FreeCheck, NeedyCheck } from './check.ts'

/** A check for the catalog, from what is told of it and what it does. */
export function defineCheck<T>(check: NeedyCheck<T>): Check
export function defineCheck(check: FreeCheck): Check
export function defineCheck<T>(check: NeedyCheck<T> | FreeCheck): Check {
  const { id, title, why, rules, profile } = check
  const facts: CheckFacts = { id, title, why, rules, ...(profile === undefined ? {} : { profile }) }
  return {
    ...facts,
    answer: (context) => ('needs' in check ? answerNeedy(check, context) : check.run(context)),
  }
}

async function answerNeedy<T>(check: NeedyCheck<T>, context: CheckContext): Promise<CheckAnswer> {
  const needed = await context.get(check.needs)
  if (needed.kind === 'missing') return { kind: 'inconclusive', reason: needed.reason }
  context.signal.throwIfAborted()
  return check.run(context, needed.value)
}

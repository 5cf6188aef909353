/** What runs cost: the unit, and laws over sizes. */
export { chargeRuns } from './chargeRuns.ts'

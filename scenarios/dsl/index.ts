/** What scenario files import, by way of the package. */
export { account, impersonate } from './accounts.ts'
export type { CostLimits } from './matchers.ts'
export type { ScenarioAccount, ScenarioChain, Submitted } from './scenarioChain.ts'
export { fork, SCENARIO_INPUT, type ScenarioInput } from './scenarioInput.ts'

import type { NotRequested } from '../../../reports/index.ts'
import type { ChainProfile } from '../../../scenarios/check/chainProfile.ts'
import type { Check } from '../../../scenarios/check/check.ts'
import { selectChecks } from '../../../scenarios/check/selectChecks.ts'
import { ALL_CHECKS, allChecksOf } from '../../config/allChecks.ts'
import type { CheckSettings } from './checkSettings.ts'
import { loadInvariants } from './loadInvariants.ts'
import { createScenarioCheck } from './scenarioCheck.ts'
import { shardChecks } from './shardChecks.ts'

export interface ChosenChecks {
  readonly checks: readonly Check[]
  readonly notRequested: readonly NotRequested[]
  /** Ids of the checks that all shards together run, in catalog order. */
  readonly requested: readonly string[]
}

/**
 * The checks that the settings ask for on a chain of this profile, with what they leave out. Checks of other chains run when they
 * are named. Throws as `selectChecks` and `loadInvariants`.
 */
export async function chooseChecks(settings: CheckSettings, chain: ChainProfile): Promise<ChosenChecks> {
  const { only, skip, profile, shard, scenarios } = settings
  const invariants = await loadInvariants(settings.invariants)
  const own = scenarios === null ? [] : [createScenarioCheck(scenarios)]
  const all = [...(only === undefined ? allChecksOf(chain) : ALL_CHECKS), ...invariants, ...own]
  const selected = selectChecks(all, { skip, profile, ...(only === undefined ? {} : { only }) })
  const checks = shard === null ? selected : shardChecks(selected, shard)
  const why = (check: Check): string => {
    if (shard !== null && selected.includes(check)) return `shard ${shard.index}/${shard.count}`
    if (only !== undefined) return '--only'
    return profile === 'quick' && check.profile === 'full' ? 'profile quick' : '--skip'
  }
  const notRequested = all
    .filter((check) => !checks.includes(check))
    .map((check) => ({ id: check.id, why: why(check) }))
  return { checks, notRequested, requested: selected.map(({ id }) => id) }
}

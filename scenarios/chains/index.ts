import type { ChainProfile } from '../check/chainProfile.ts'
import type { Check } from '../check/check.ts'
import { demo } from './demo.ts'
import { subtensor } from './subtensor/subtensor.ts'
import { SUBTENSOR_CHECKS } from './subtensor/subtensorChecks.ts'

const PROFILES: readonly ChainProfile[] = [subtensor, demo]

/** For chains that nobody has described: nothing is assumed. */
const generic: ChainProfile = {
  name: 'generic',
  specNames: [],
  raisesTransactionVersion: true,
  harmlessErrors: [],
  limits: {},
  dueEpochs: null,
}

/** Checks that some chains alone have, by the name of the profile. */
const CHECKS_OF_CHAINS: ReadonlyMap<string, readonly Check[]> = new Map([
  [subtensor.name, SUBTENSOR_CHECKS],
  [demo.name, SUBTENSOR_CHECKS],
])

/** All checks that some chains alone have, once each. */
export const CHAIN_CHECKS: readonly Check[] = [...new Set([...CHECKS_OF_CHAINS.values()].flat())]

/** The checks that the chains of a profile have beside those of all chains. */
export function checksOfChain({ name }: ChainProfile): readonly Check[] {
  return CHECKS_OF_CHAINS.get(name) ?? []
}

/** The profile of the chain whose runtimes have this spec_name. */
export function profileOf(specName: string): ChainProfile {
  return PROFILES.find((profile) => profile.specNames.includes(specName)) ?? generic
}

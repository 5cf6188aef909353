import type { ChainProfile } from './chainProfile.ts'
import { subtensor } from './subtensor.ts'

const PROFILES: readonly ChainProfile[] = [subtensor]

/** For chains that nobody has described: nothing is assumed. */
const generic: ChainProfile = {
  name: 'generic',
  specNames: [],
  raisesTransactionVersion: true,
  harmlessErrors: [],
}

/** The profile of the chain whose runtimes have this spec_name. */
export function profileOf(specName: string): ChainProfile {
  return PROFILES.find((profile) => profile.specNames.includes(specName)) ?? generic
}

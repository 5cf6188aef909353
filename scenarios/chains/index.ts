import type { ChainProfile } from '../check/chainProfile.ts'
import { demo } from './demo.ts'
import { finney } from './subtensor/subtensor.ts'

const PROFILES: readonly ChainProfile[] = [finney, demo]

/** For chains that nobody has described: nothing is assumed. */
const generic: ChainProfile = {
  name: 'generic',
  specNames: [],
  raisesTransactionVersion: true,
  harmlessErrors: [],
  limits: {},
  dueEpochs: null,
}

/** The profile of the chain whose runtimes have this spec_name. */
export function profileOf(specName: string): ChainProfile {
  return PROFILES.find((profile) => profile.specNames.includes(specName)) ?? generic
}

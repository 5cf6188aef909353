import type { ChainProfile } from '../check/chainProfile.ts'
import { subnetEpochs } from './subtensor/subnetEpochs.ts'

/** The embedded chain. Its miniature runtime runs an epoch one block later than subtensor does. */
export const demo: ChainProfile = {
  name: 'demo',
  specNames: ['mini-subtensor'],
  raisesTransactionVersion: true,
  harmlessErrors: [],
  limits: {},
  dueEpochs: subnetEpochs(1),
}

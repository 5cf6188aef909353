import type { ChainProfile } from './chainProfile.ts'
import { dueSubnetEpochs } from './finney.ts'

/** The embedded chain, whose miniature runtime runs its epochs as subtensor does. */
export const demo: ChainProfile = {
  name: 'demo',
  specNames: ['mini-subtensor'],
  raisesTransactionVersion: true,
  harmlessErrors: [],
  limits: {},
  dueEpochs: dueSubnetEpochs,
}

import type { ChainProfile } from '../../check/chainProfile.ts'
import { subnetEpochs } from './subnetEpochs.ts'

/** Bittensor's chains: Finney, the test network, local networks. */
export const subtensor: ChainProfile = {
  name: 'subtensor',
  specNames: ['node-subtensor', 'node-subtensor-dao'],
  // 1 in every runtime from spec 100 (2021) to 476 (2026), through many changes of calls.
  raisesTransactionVersion: false,
  harmlessErrors: [
    {
      target: 'pallet_subtensor::block_step',
      message: 'Error while running root epoch: "Not the block to update emission values."',
      reason:
        'root_epoch returns this on every block that is not at the tempo of the root network, and block_step logs whatever it returns as an error (subtensor pallets/subtensor/src/{root,block_step}.rs, spec 137 to 180)',
    },
  ],
  limits: {},
  // `tempo - (block + netuid + 1) % (tempo + 1)` is 0 (subtensor pallets/subtensor/src/coinbase/run_coinbase.rs,
  // `blocks_until_next_epoch`); so seen under spec 119, 202, 204, 205, 218 and 293.
  dueEpochs: subnetEpochs(2),
}

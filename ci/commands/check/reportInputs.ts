import { bytesToHex } from '../../../harness/base/bytes.ts'
import type { Fork } from '../../../harness/chain/fork.ts'
import { queryRuntime } from '../../../harness/chain/runtimeQuery.ts'
import { decodeRuntimeVersion, type RuntimeVersion } from '../../../harness/codec/runtimeVersion.ts'
import type { UpgradeCall } from '../../../harness/codec/upgradeCalls.ts'
import type { RuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import type { ProposalCall, ReportInputs } from '../../../reports/index.ts'
import { toVersionNumbers } from '../../inputs/inspectRuntime.ts'
import { sourceLabel } from '../../inputs/liveSource.ts'
import type { ForkSource } from '../../inputs/openForkSource.ts'

export interface ReportInputsOptions {
  /** What the user gave for `--fork` and `--runtime`. */
  readonly forkPath: string
  readonly runtimePath: string
  readonly source: ForkSource
  /** At the block that the source has the state of. */
  readonly fork: Fork
  readonly blob: RuntimeBlob
}

/** What a check runs on, by the hashes of exactly that. A candidate that cannot tell its version has none. */
export async function createReportInputs(options: ReportInputsOptions): Promise<ReportInputs> {
  const { source, fork, blob } = options
  const { head } = fork
  const runtime = await fork.context()
  const version = await candidateVersion(fork, blob)
  return {
    fork: {
      source: sourceLabel(options.forkPath),
      kind: source.kind,
      network: source.network,
      genesisHash: source.genesisHash ?? (head.number === 0 ? bytesToHex(head.hash) : null),
      blockNumber: head.number,
      blockHash: bytesToHex(head.hash),
      stateRoot: bytesToHex(head.header.stateRoot),
      stateVersion: runtime.stateVersion,
      keyCount: source.store.keyCount,
    },
    runtime: {
      source: options.runtimePath,
      sizeBytes: blob.submitted.length,
      submittedHash: blob.submittedHash,
      sha256: blob.sha256,
      version: version === null ? null : toVersionNumbers(version),
      from: toVersionNumbers(runtime.version),
    },
    calls: runtime.codec.codeUpgradeCalls(blob.submitted).map(toProposalCall),
  }
}

function toProposalCall({ name, callHash, sizeBytes }: UpgradeCall): ProposalCall {
  const call = { name, callHash, sizeBytes }
  return name.startsWith('Sudo.sudo_unchecked_weight') ? { ...call, note: 'with weight 0' } : call
}

async function candidateVersion(fork: Fork, blob: RuntimeBlob): Promise<RuntimeVersion | null> {
  if (blob.version !== null) return blob.version
  const { executor, callOptions } = fork.catalog
  const query = { entryPoint: 'Core_version', decode: decodeRuntimeVersion }
  const answer = await queryRuntime({ executor, blob, callOptions }, fork.head.state, query)
  return answer.kind === 'ok' ? answer.value : null
}

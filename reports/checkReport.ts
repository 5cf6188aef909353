/**
 * What one `drydock check` found, as plain data: the one source that every renderer reads. Texts may come from a chain or a
 * runtime; renderers escape them. Amounts of weight are `bigint`, so that JSON gets them as decimal strings.
 */
import type { CheckResult } from './model/checkResult.ts'
import type { Verdict } from './model/verdict.ts'

/** Grows when a field changes its meaning or goes away; a new optional field does not count. */
export const REPORT_SCHEMA_VERSION = 3

export interface CheckReport {
  readonly schemaVersion: typeof REPORT_SCHEMA_VERSION
  readonly tool: { readonly name: string; readonly version: string }
  readonly verdict: Verdict
  readonly inputs: ReportInputs
  /** How it was run; absent in what an older Drydock wrote. */
  readonly settings?: RunSettings
  /** UTC, ISO 8601. Of merged shards, of the first to start. */
  readonly startedAt?: string
  /** Where it ran. Of merged shards, only when it was the same for all. */
  readonly machine?: Machine
  /** Set when this is one of several runs that share the checks among them. */
  readonly shard?: Shard
  /** The runs that this one was merged from, by index; absent when it is one run. */
  readonly mergedFrom?: readonly MergedShard[]
  /** In the order in which they were requested. */
  readonly checks: readonly CheckResult[]
  /** Checks of the catalog that were not asked for, and why; absent when all were. */
  readonly notRequested?: readonly NotRequested[]
  /** What the user should know of the settings: acceptances that matched nothing. */
  readonly notes?: readonly string[]
  /** What the run as a whole assumes and did not look at, a sentence each; checks have their own. */
  readonly assumptions?: readonly string[]
  /** What the upgrade block cost; absent when no upgrade ran. */
  readonly upgrade?: UpgradeResult
  /** What the upgrade changed, by storage item; absent when it was not compared. */
  readonly storageDiff?: readonly StorageDiffRow[]
  /** The blocks built after the upgrade, in order; absent when none was asked for. */
  readonly blocks?: readonly BlockResult[]
  /** The most that a block may weigh by the candidate's own limits; absent when it states none. */
  readonly blockWeightLimit?: Weight
  /** Wall time of the whole run. Of merged shards, of the slowest. */
  readonly durationMs: number
}

/** What the user, or a profile, set. Absent: not known, or not set. */
export interface RunSettings {
  readonly profile?: string
  /** Of everything random, so that the same run can be had again. */
  readonly seed?: number
  /** Blocks asked for after the upgrade. */
  readonly blockCount?: number
  /** Longest time that one call into a runtime may take. */
  readonly deadlineMs?: number
  /** By the name that the configuration has for them, with the unit in it, such as `blockFailMs`. */
  readonly limits?: Readonly<Record<string, number>>
}

export interface Machine {
  /** As the system names the processor. */
  readonly cpu: string
  readonly cores: number
  readonly node: string
}

/** One run of `count`; `index` counts from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
  /** Ids of the checks that the shards run together, in the order of the whole run. */
  readonly requested: readonly string[]
}

/** What is its own in each of the runs that were merged. */
export interface MergedShard {
  readonly index: number
  readonly startedAt?: string
  readonly machine?: Machine
  readonly durationMs: number
}

export interface NotRequested {
  readonly id: string
  /** `--only`, `--skip`, `profile quick`, `shard 1/3`. */
  readonly why: string
}

export interface ReportInputs {
  readonly fork: ForkInput
  readonly runtime: RuntimeInput
  /** The calls that install the candidate on this chain, as its present runtime encodes them. */
  readonly calls?: readonly ProposalCall[]
}

/** A call that is to be compared with what is to be signed. */
export interface ProposalCall {
  /** Such as `System.set_code` or `Sudo.sudo(System.set_code)`. */
  readonly name: string
  /** Blake2-256 of the encoded call. */
  readonly callHash: string
  readonly sizeBytes: number
  /** What the hash depends on beside the code, such as a weight. */
  readonly note?: string
}

/** The chain state that the candidate was run on. */
export interface ForkInput {
  /** What the user gave: a path, a network name, an endpoint. */
  readonly source: string
  readonly kind: 'rawChainSpec' | 'snapshot' | 'demo' | 'live'
  /** Name of the network as the source states it. */
  readonly network: string
  readonly genesisHash: string | null
  readonly blockNumber: number
  readonly blockHash: string
  readonly stateRoot: string
  readonly stateVersion: 0 | 1
  readonly keyCount: number
}

/** The numbers of a `RuntimeVersion`. */
export interface RuntimeVersionNumbers {
  readonly specName: string
  readonly implName: string
  readonly specVersion: number
  readonly implVersion: number
  readonly authoringVersion: number
  readonly transactionVersion: number
  /** Trie layout that the runtime asks for. */
  readonly stateVersion: number
}

/** The candidate, by the hashes of exactly the bytes that were submitted. */
export interface RuntimeInput {
  readonly source: string
  readonly sizeBytes: number
  /** blake2-256 of the submitted bytes: what `authorize_upgrade` authorizes. */
  readonly submittedHash: string
  readonly sha256: string
  /** Null when the candidate cannot tell it. */
  readonly version: RuntimeVersionNumbers | null
  /** Version of the runtime that the fork had before. */
  readonly from: RuntimeVersionNumbers
}

/** Weight in picoseconds of reference hardware, and bytes of proof. */
export interface Weight {
  readonly refTimePs: bigint
  readonly proofSizeBytes: bigint
}

export interface UpgradeResult {
  /** The first block that ran under the candidate, where the migrations ran. */
  readonly blockNumber: number
  readonly timeMs: number
  /** As the runtime declared it in `System.BlockWeight`; null when it could not be read. */
  readonly weight: Weight | null
  readonly reads: number
  readonly writes: number
  readonly heapPeakBytes: number
  /** What the runtime logged in that block. */
  readonly logs: readonly LogLine[]
}

/** A line that a runtime logged; `level` is 1 error, 2 warn, 3 info, 4 debug, 5 trace. */
export interface LogLine {
  readonly level: number
  readonly target: string
  readonly message: string
}

export interface StorageDiffRow {
  /** `Pallet.Item`, a well-known key such as `:code`, or hex where the metadata has no name. */
  readonly item: string
  /** Which of the two runtimes' metadata knows the item. */
  readonly knownTo: 'both' | 'old' | 'new' | 'none'
  readonly added: number
  readonly changed: number
  readonly removed: number
  /** Bytes of the concerned keys and values before and after. */
  readonly bytesBefore: number
  readonly bytesAfter: number
}

export interface BlockResult {
  readonly number: number
  readonly hash: string
  readonly stateRoot: string
  readonly timeMs: number
  readonly weight: Weight | null
  readonly extrinsicCount: number
  readonly reads: number
  readonly writes: number
}

import { errorMessage } from '../../harness/base/errors.ts'
import { outcomeText } from '../../harness/chain/outcomeText.ts'
import { nameRuntimeApis } from '../../harness/chain/runtimeApis.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import { decodeRuntimeVersion, type RuntimeVersion } from '../../harness/codec/runtimeVersion.ts'
import { findFloatInstructions, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import { isKnownHostFunction } from '../../harness/runtime/host/hostFunctions.ts'
import { demangle } from '../../harness/runtime/panic/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type {
  FloatInstructions,
  ProposalHash,
  RuntimeInspection,
  RuntimeVersionNumbers,
} from '../../reports/index.ts'

const MAX_FLOAT_FUNCTIONS = 10
/** Exports of every runtime that are not functions for others to call. */
const NOT_AN_ENTRY_POINT: ReadonlySet<string> = new Set(['ext_input_read'])

export interface InspectOptions {
  /** Where the blob came from, for the result. */
  readonly source: string
  readonly blob: RuntimeBlob
  readonly executor: Executor
  /** What the runtime sees when it is asked for version and metadata; usually empty. */
  readonly state: ChainState
  readonly deadlineMs: number
}

/** Everything that a runtime file says of itself. What fails becomes one of the `problems`; nothing is thrown for it. */
export async function inspectRuntime(options: InspectOptions): Promise<RuntimeInspection> {
  const { blob, source } = options
  const problems: string[] = []
  const version = blob.version ?? (await askVersion(options, problems))
  const codec = version === null ? null : await askMetadata(options, version, problems)
  const entryPoints = blob.exports
    .filter(({ kind, name }) => kind === 'function' && !NOT_AN_ENTRY_POINT.has(name))
    .map(({ name }) => name)
    .sort()
  return {
    schemaVersion: 1,
    source,
    sizeBytes: blob.submitted.length,
    compression: blob.compression,
    wasmSizeBytes: blob.wasm.length,
    hashes: { blake2_256: blob.submittedHash, sha256: blob.sha256, wasmBlake2_256: blob.wasmHash },
    version: version === null ? null : toVersionNumbers(version),
    versionFrom: blob.version !== null ? 'customSection' : version !== null ? 'Core_version' : null,
    metadataVersion: codec?.metadata.version ?? null,
    proposals: codec === null ? [] : proposalHashes(codec, blob),
    apis: version === null ? [] : nameRuntimeApis(version.apis, entryPoints),
    entryPoints,
    imports: blob.imports.map(({ module, name, kind }) => ({
      module,
      name,
      kind,
      isKnown: isKnownImport(name, kind),
    })),
    memory: { source: blob.memory.source, minPages: blob.memory.minPages, maxPages: blob.memory.maxPages },
    heapBase: blob.heapBase,
    functionCount: blob.functionCount,
    codeSizeBytes: blob.codeSize,
    hasNameSection: blob.hasNameSection,
    customSections: blob.customSections.map(({ name, size }) => ({ name, sizeBytes: size })),
    disabledProposals: blob.proposals,
    floatInstructions: countFloats(blob, problems),
    problems,
  }
}

/** The numbers that a report shows. */
export function toVersionNumbers(version: RuntimeVersion): RuntimeVersionNumbers {
  const { specName, implName, specVersion, implVersion, authoringVersion, transactionVersion } = version
  return {
    specName,
    implName,
    specVersion,
    implVersion,
    authoringVersion,
    transactionVersion,
    stateVersion: version.systemVersion,
  }
}

async function askVersion(options: InspectOptions, problems: string[]): Promise<RuntimeVersion | null> {
  const output = await ask('Core_version', options, problems)
  if (output === null) return null
  const version = decodeRuntimeVersion(output)
  if (version === null)
    problems.push(`Core_version answered ${output.length} bytes that are not a RuntimeVersion.`)
  return version
}

async function askMetadata(
  options: InspectOptions,
  version: RuntimeVersion,
  problems: string[],
): Promise<ChainCodec | null> {
  const metadata = await ask('Metadata_metadata', options, problems)
  if (metadata === null) return null
  const { createChainCodec } = await import('../../harness/codec/index.ts')
  try {
    return createChainCodec({ metadata, specName: version.specName, specVersion: version.specVersion })
  } catch (error) {
    problems.push(`Hashes of proposals: ${errorMessage(error)}.`)
    return null
  }
}

/** The calls that bring the blob on chain, hashed. */
function proposalHashes(codec: ChainCodec, blob: RuntimeBlob): readonly ProposalHash[] {
  return codec
    .codeUpgradeCalls(blob.submitted)
    .map(({ name, callHash, sizeBytes }) => ({ call: name, callHash, encodedSizeBytes: sizeBytes }))
}

async function ask(
  entryPoint: string,
  options: InspectOptions,
  problems: string[],
): Promise<Uint8Array | null> {
  const { blob, executor, state, deadlineMs } = options
  const outcome = await executor.call({
    blob,
    entryPoint,
    input: new Uint8Array(),
    state,
    options: { deadlineMs },
  })
  if (outcome.kind === 'ok') return outcome.output
  problems.push(`${entryPoint}: ${outcomeText(outcome)}.`)
  return null
}

function countFloats(blob: RuntimeBlob, problems: string[]): FloatInstructions | null {
  try {
    const uses = findFloatInstructions(blob)
    const count = uses.reduce((sum, use) => sum + use.instructions, 0)
    const functions = uses.slice(0, MAX_FLOAT_FUNCTIONS).map((use) => functionLabel(blob, use.functionIndex))
    return { count, functions }
  } catch (error) {
    problems.push(`Float instructions: ${errorMessage(error)}.`)
    return null
  }
}

function functionLabel(blob: RuntimeBlob, index: number): string {
  const name = blob.functionName(index)
  return name === null ? `function ${index}` : demangle(name)
}

/** The memory that a node gives is not a host function, and every node gives it. */
function isKnownImport(name: string, kind: string): boolean {
  return kind === 'memory' ? name === 'memory' : kind === 'function' && isKnownHostFunction(name)
}

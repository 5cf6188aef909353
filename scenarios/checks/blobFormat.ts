import type { Finding } from '../../harness/base/finding.ts'
import { findFloatInstructions } from '../../harness/runtime/blob/findFloatInstructions.ts'
import type { Check, CheckAnswer, CheckContext } from '../check.ts'

/** What a node calls to author and import blocks; without one of them the chain stops. */
const REQUIRED_ENTRY_POINTS = [
  'Core_version',
  'Core_initialize_block',
  'Core_execute_block',
  'Metadata_metadata',
  'BlockBuilder_apply_extrinsic',
  'BlockBuilder_finalize_block',
  'BlockBuilder_inherent_extrinsics',
  'TaggedTransactionQueue_validate_transaction',
]

const SHOWN_FUNCTIONS = 10

export const blobFormat: Check = {
  id: 'blob.format',
  title: 'The candidate is a module that a node can run',
  why: 'A blob without an entry point, with a wasm proposal that nodes switch off, or with floats stops or splits a chain.',
  async run(context): Promise<CheckAnswer> {
    const { candidate } = context
    const findings = [
      ...missingEntryPoints(context),
      ...refusedProposals(context),
      ...floats(context),
      ...(await unrunnable(context)),
    ]
    return {
      kind: 'ran',
      findings,
      measures: {
        compression: candidate.compression,
        wasmBytes: candidate.wasm.length,
        functions: candidate.functionCount,
        nameSection: candidate.hasNameSection,
      },
    }
  },
}

function finding(context: CheckContext, parts: Pick<Finding, 'title' | 'facts' | 'evidence'>): Finding {
  return { check: blobFormat.id, severity: 'error', reproduce: context.reproduce(blobFormat.id), ...parts }
}

function missingEntryPoints(context: CheckContext): Finding[] {
  const exported = new Set(
    context.candidate.exports.flatMap((one) => (one.kind === 'function' ? [one.name] : [])),
  )
  const missing = REQUIRED_ENTRY_POINTS.filter((name) => !exported.has(name))
  if (missing.length === 0) return []
  const title = `The candidate lacks ${missing.length} entry point(s) that a node calls: ${missing.join(', ')}`
  return [finding(context, { title, facts: { missing: missing.join(' ') }, evidence: [] })]
}

function refusedProposals(context: CheckContext): Finding[] {
  const { proposals } = context.candidate
  if (proposals.length === 0) return []
  const title = `The candidate uses WebAssembly proposals that nodes switch off: ${proposals.join(', ')}`
  return [finding(context, { title, facts: { proposals: proposals.join(' ') }, evidence: [] })]
}

/** Floats may differ between machines in the bits of a NaN; frame runtimes are built without them. */
function floats(context: CheckContext): Finding[] {
  const { candidate } = context
  const uses = findFloatInstructions(candidate)
  if (uses.length === 0) return []
  const total = uses.reduce((sum, use) => sum + use.instructions, 0)
  const evidence = uses
    .slice(0, SHOWN_FUNCTIONS)
    .map(
      (use) =>
        `${candidate.functionName(use.functionIndex) ?? `function ${use.functionIndex}`}: ${use.instructions}`,
    )
  const title = `The candidate has ${total} float instructions in ${uses.length} function(s)`
  return [finding(context, { title, facts: { instructions: total, functions: uses.length }, evidence })]
}

async function unrunnable(context: CheckContext): Promise<Finding[]> {
  const { fork, candidate } = context
  const outcome = await fork.catalog.executor.call({
    blob: candidate,
    entryPoint: 'Core_version',
    input: new Uint8Array(),
    state: fork.head.state,
    options: fork.catalog.callOptions,
  })
  if (outcome.kind === 'ok') return []
  const message = 'message' in outcome ? outcome.message : outcome.name
  const title = `The candidate can't say its version: ${message}`
  return [finding(context, { title, facts: { outcome: outcome.kind }, evidence: [] })]
}

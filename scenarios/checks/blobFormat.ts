import { findFloatInstructions } from '../../harness/runtime/blob/findFloatInstructions.ts'
import { demangle } from '../../harness/runtime/panic/demangle.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'

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

export const blobFormat: Check = defineCheck({
  id: 'blob.format',
  title: 'The candidate is a module that a node can run',
  why: 'A blob without an entry point, with a wasm proposal that nodes switch off, or with floats stops or splits a chain.',
  rules: [
    { id: 'entryPointMissing', severity: 'error', says: 'An entry point that nodes call is not exported.' },
    {
      id: 'proposalRefused',
      severity: 'error',
      says: 'The module uses a WebAssembly proposal that nodes switch off.',
    },
    {
      id: 'float',
      severity: 'error',
      says: 'Functions compute with floats; a warning when they have no names.',
    },
    { id: 'versionUnknown', severity: 'error', says: 'Core_version does not answer.' },
  ],
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
})

function missingEntryPoints(context: CheckContext): Finding[] {
  const exported = new Set(
    context.candidate.exports.flatMap((one) => (one.kind === 'function' ? [one.name] : [])),
  )
  const missing = REQUIRED_ENTRY_POINTS.filter((name) => !exported.has(name))
  if (missing.length === 0) return []
  return missing.map((subject) => {
    const title = `The candidate lacks the entry point ${subject}, which nodes call`
    return createFinding(blobFormat, context, { rule: 'entryPointMissing', subject, title })
  })
}

function refusedProposals(context: CheckContext): Finding[] {
  return context.candidate.proposals.map((subject) => {
    const title = `The candidate uses the WebAssembly proposal ${subject}, which nodes switch off`
    return createFinding(blobFormat, context, { rule: 'proposalRefused', subject, title })
  })
}

/** Crates that print and parse floats and are linked into healthy runtimes by way of JSON genesis configurations. */
const TEXT_OF_FLOATS = /^<?(?:core|alloc|serde|serde_\w+|ryu|itoa|compiler_builtins)::/

/**
 * Floats may differ between machines in the bits of a NaN, and no host promises the same rounding everywhere. A module without
 * names can't be told apart from one that only prints floats, so it gets a warning.
 */
function floats(context: CheckContext): Finding[] {
  const { candidate } = context
  const uses = findFloatInstructions(candidate).map((use) => {
    const name = candidate.functionName(use.functionIndex)
    return { ...use, symbol: name === null ? null : demangle(name) }
  })
  const suspect = uses.filter((use) => use.symbol === null || !TEXT_OF_FLOATS.test(use.symbol))
  if (suspect.length === 0) return []
  const total = suspect.reduce((sum, use) => sum + use.instructions, 0)
  const evidence = suspect
    .slice(0, SHOWN_FUNCTIONS)
    .map((use) => `${use.symbol ?? `function ${use.functionIndex}`}: ${use.instructions}`)
  const title = `The candidate computes with floats: ${total} instructions in ${suspect.length} function(s), such as ${suspect[0]?.symbol ?? 'one without a name'}`
  const severity = suspect.some((use) => use.symbol !== null) ? 'error' : 'warning'
  const facts = { instructions: total, functions: suspect.length }
  const subject = suspect[0]?.symbol ?? 'functions without a name'
  return [createFinding(blobFormat, context, { rule: 'float', severity, subject, title, facts, evidence })]
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
  const parts = { rule: 'versionUnknown', subject: 'Core_version', title, facts: { outcome: outcome.kind } }
  return [createFinding(blobFormat, context, parts)]
}

import { type FunctionFacts, type RuntimeBlob, walkFunctions } from '../../harness/runtime/blob/index.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { type NewFloatUse, newFloatUses } from './floatUses.ts'

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
  title: 'Nodes can load and run the candidate',
  why: 'A blob without an entry point, with a wasm proposal that nodes switch off, or with floating point stops or splits a chain.',
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
      says: 'Functions that the runtime on chain does not have compute with floats; a warning when they have no names, or only a table of functions leads to them.',
    },
    { id: 'versionUnknown', severity: 'error', says: 'Core_version fails.' },
  ],
  async run(context): Promise<CheckAnswer> {
    const { candidate, current } = context
    const code = { candidate: [...walkFunctions(candidate)], onChain: [...walkFunctions(current.blob)] }
    const findings = [
      ...missingEntryPoints(context),
      ...refusedProposals(context, code),
      ...floats(context, code),
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

interface Code {
  readonly candidate: readonly FunctionFacts[]
  readonly onChain: readonly FunctionFacts[]
}

function missingEntryPoints(context: CheckContext): Finding[] {
  const [exported, before] = [context.candidate, context.current.blob].map(exportedFunctions)
  // A chain that does without one has nodes that do.
  const missing = REQUIRED_ENTRY_POINTS.filter((name) => !exported?.has(name) && before?.has(name))
  return missing.map((subject) => {
    const title = `The candidate lacks the entry point ${subject}, which nodes call`
    return createFinding(blobFormat, context, { rule: 'entryPointMissing', subject, title })
  })
}

function exportedFunctions({ exports }: RuntimeBlob): ReadonlySet<string> {
  return new Set(exports.flatMap((one) => (one.kind === 'function' ? [one.name] : [])))
}

/** What a deployed node runs already, it runs in the candidate as well. */
function refusedProposals(context: CheckContext, code: Code): Finding[] {
  const known = new Set(proposalsOf(context.current.blob, code.onChain))
  return proposalsOf(context.candidate, code.candidate)
    .filter((subject) => !known.has(subject))
    .map((subject) => {
      const title = `The candidate uses the WebAssembly proposal ${subject}, which nodes switch off`
      return createFinding(blobFormat, context, { rule: 'proposalRefused', subject, title })
    })
}

function proposalsOf({ proposals }: RuntimeBlob, functions: readonly FunctionFacts[]): readonly string[] {
  return [...new Set([...proposals, ...functions.flatMap((one) => [...one.proposals])])]
}

/**
 * Floats may differ between machines in the bits of a NaN, and no host promises the same rounding everywhere. A function without a
 * name, or one that only a table of functions leads to, can't be told apart from one that prints floats, so it gets a warning.
 */
function floats(context: CheckContext, code: Code): Finding[] {
  const { candidate, current } = context
  const found = newFloatUses(
    { blob: candidate, functions: code.candidate },
    { blob: current.blob, functions: code.onChain },
  )
  const isCertain = (use: NewFloatUse) => use.symbol !== null && use.isReachable
  const uses = [...found].sort((a, b) => Number(isCertain(b)) - Number(isCertain(a)))
  const [first] = uses
  if (first === undefined) return []
  const total = uses.reduce((sum, use) => sum + use.instructions, 0)
  const evidence = uses
    .slice(0, SHOWN_FUNCTIONS)
    .map((use) => `${use.symbol ?? `function ${use.functionIndex}`}: ${use.instructions}`)
  const title = `The candidate uses floating point: ${total} instructions in ${uses.length} function(s) that the runtime on chain does not have, such as ${first.symbol ?? 'one without a name'}`
  const severity = isCertain(first) ? 'error' : 'warning'
  const facts = { instructions: total, functions: uses.length }
  const subject = first.symbol ?? 'functions without a name'
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
  const title = `The candidate's version cannot be read: ${message}`
  const parts = { rule: 'versionUnknown', subject: 'Core_version', title, facts: { outcome: outcome.kind } }
  return [createFinding(blobFormat, context, parts)]
}

import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { isKnownHostFunction } from '../../harness/runtime/host/hostFunctions.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'

export const blobImports: Check = defineCheck({
  id: 'blob.imports',
  title: 'Deployed nodes provide every host function that the candidate imports',
  why: 'A node that lacks an imported host function stops at the first call to it, or at the upgrade (Edgeware; OpenZeppelin templates).',
  rules: [
    {
      id: 'unknown',
      severity: 'error',
      says: 'An import is not a host function of Substrate, and the runtime on chain does not import it.',
    },
    {
      id: 'added',
      severity: 'warning',
      says: 'The runtime on chain does not import it: nodes need it before the upgrade.',
    },
  ],
  async run(context): Promise<CheckAnswer> {
    const { blob: current } = context.current
    const before = new Set(functionImports(current))
    const imports = functionImports(context.candidate)
    const added = imports.filter((name) => !before.has(name))
    // What the runtime on chain imports as well, the nodes of this chain have.
    const unknown = added.filter((name) => !isKnownHostFunction(name))
    const ofThisChain = imports.filter((name) => before.has(name) && !isKnownHostFunction(name))
    const known = added.filter((name) => isKnownHostFunction(name))
    const findings = unknown.map((name) => unknownImport(context, name))
    if (known.length > 0) findings.push(newImports(context, known))
    return {
      kind: 'ran',
      findings,
      measures: { imports: imports.length, added: added.length, ofThisChain: ofThisChain.length },
    }
  },
})

function functionImports(blob: RuntimeBlob): string[] {
  return blob.imports.flatMap((entry) => (entry.kind === 'function' ? [entry.name] : []))
}

function unknownImport(context: CheckContext, hostFunction: string): Finding {
  const title = `The candidate imports ${hostFunction}, which is not a host function of Substrate`
  const facts = { hostFunction }
  return createFinding(blobImports, context, { rule: 'unknown', subject: hostFunction, title, facts })
}

/** Known to Substrate, which does not say that the nodes out there have them. */
function newImports(context: CheckContext, names: readonly string[]): Finding {
  const title = `The candidate imports ${names.length} host function(s) that the runtime on chain does not: every node must have them before the upgrade`
  const facts = { added: names.length }
  const subject = 'new host functions'
  return createFinding(blobImports, context, { rule: 'added', subject, title, facts, evidence: names })
}

import type { Facts, Finding } from '../../harness/base/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check.ts'

export const blobIdentity: Check = {
  id: 'blob.identity',
  title: 'The candidate is of this chain and newer',
  why: 'set_code refuses another spec_name or a spec_version that does not rise; where it is not asked, migrations never run.',
  async run(context): Promise<CheckAnswer> {
    const { fork, candidate } = context
    const runtime = await fork.context()
    const answer = await fork.catalog.of(candidate, fork.head.state)
    const hashes = { blake2_256: candidate.submittedHash, sha256: candidate.sha256 }
    if (answer.kind === 'failed') {
      return {
        kind: 'inconclusive',
        reason: `the candidate does not say what it is: ${answer.message}`,
        measures: hashes,
      }
    }
    const { version: to } = answer.value
    const { version: from } = runtime
    const findings: Finding[] = []
    if (to.specName !== from.specName) {
      findings.push(
        finding(context, `The candidate is a runtime of ${to.specName}, the chain runs ${from.specName}`, {
          specName: to.specName,
          expected: from.specName,
        }),
      )
    }
    if (to.specVersion <= from.specVersion) {
      findings.push(
        finding(
          context,
          `spec_version ${to.specVersion} is not above ${from.specVersion}, which the chain runs: migrations would not run`,
          { specVersion: to.specVersion, onChain: from.specVersion },
        ),
      )
    }
    return { kind: 'ran', findings, measures: { ...hashes, ...callHashes(context, runtime) } }
  },
}

/** Of the calls that would install the candidate, as the runtime on chain encodes them. */
function callHashes(
  { candidate }: CheckContext,
  { codec }: Awaited<ReturnType<CheckContext['fork']['context']>>,
): Facts {
  return Object.fromEntries(
    codec.codeUpgradeCalls(candidate.submitted).map((call) => [call.name, call.callHash]),
  )
}

function finding(context: CheckContext, title: string, facts: Facts): Finding {
  return {
    check: blobIdentity.id,
    severity: 'error',
    title,
    facts,
    evidence: [],
    reproduce: context.reproduce(blobIdentity.id),
  }
}

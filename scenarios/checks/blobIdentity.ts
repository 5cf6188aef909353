import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { Facts, Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { changedCalls } from '../metadata/callEncoding.ts'

const SHOWN_CALLS = 20

export const blobIdentity: Check = defineCheck({
  id: 'blob.identity',
  title: 'The candidate is built for this chain and newer than its runtime',
  why: 'set_code refuses another spec_name or a spec_version that does not rise; where set_code is bypassed, migrations never run.',
  rules: [
    { id: 'otherChain', severity: 'error', says: 'spec_name is not that of the chain.' },
    { id: 'specVersionNotRaised', severity: 'error', says: 'spec_version is not above the one on chain.' },
    {
      id: 'callsReencoded',
      severity: 'error',
      says: 'Calls are encoded differently under the same transaction_version; a warning on chains that never raise it.',
    },
  ],
  async run(context): Promise<CheckAnswer> {
    const { fork, candidate, current: runtime } = context
    const answer = await fork.catalog.of(candidate, fork.head.state)
    const hashes = { blake2_256: candidate.submittedHash, sha256: candidate.sha256 }
    if (answer.kind === 'failed') {
      return {
        kind: 'inconclusive',
        reason: `the candidate's version cannot be read: ${answer.message}`,
        measures: hashes,
      }
    }
    const { version: to } = answer.value
    const { version: from } = runtime
    const findings: Finding[] = []
    if (to.specName !== from.specName) {
      findings.push(
        createFinding(blobIdentity, context, {
          rule: 'otherChain',
          subject: 'spec_name',
          title: `The candidate is a runtime of ${to.specName}, the chain runs ${from.specName}`,
          facts: { specName: to.specName, expected: from.specName },
        }),
      )
    }
    if (to.specVersion <= from.specVersion) {
      findings.push(
        createFinding(blobIdentity, context, {
          rule: 'specVersionNotRaised',
          subject: 'spec_version',
          title: `spec_version ${to.specVersion} is not above ${from.specVersion}, which the chain runs: migrations would not run`,
          facts: { specVersion: to.specVersion, onChain: from.specVersion },
        }),
      )
    }
    findings.push(...changedEncoding(context, runtime, answer.value))
    return { kind: 'ran', findings, measures: { ...hashes, ...callHashes(context, runtime) } }
  },
})

/** Wallets and hardware signers go by transaction_version: when it stays, they sign the bytes that they know. */
function changedEncoding(context: CheckContext, from: RuntimeContext, to: RuntimeContext): Finding[] {
  if (to.version.transactionVersion !== from.version.transactionVersion) return []
  const changed = changedCalls(from.codec, to.codec)
  const [first] = changed
  if (first === undefined) return []
  const title = `transaction_version stays ${from.version.transactionVersion}, but ${changed.length} call(s) are encoded differently, such as ${first.call} (${first.change})`
  const evidence = changed.slice(0, SHOWN_CALLS).map(({ call, change }) => `${call}: ${change}`)
  const severity = context.profile.raisesTransactionVersion ? 'error' : 'warning'
  const facts = { calls: changed.length }
  const subject = 'transaction_version'
  const parts = { rule: 'callsReencoded', severity, subject, title, facts, evidence } as const
  return [createFinding(blobIdentity, context, parts)]
}

/** Of the calls that would install the candidate, as the runtime on chain encodes them. */
function callHashes({ candidate }: CheckContext, { codec }: RuntimeContext): Facts {
  return Object.fromEntries(
    codec.codeUpgradeCalls(candidate.submitted).map((call) => [call.name, call.callHash]),
  )
}

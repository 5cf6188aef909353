import type { Facts, Finding } from '../../harness/base/finding.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import { changedCalls } from '../callEncoding.ts'
import { profileOf } from '../chains/index.ts'
import type { Check, CheckAnswer, CheckContext } from '../check.ts'

const SHOWN_CALLS = 20

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
    findings.push(...changedEncoding(context, runtime, answer.value))
    return { kind: 'ran', findings, measures: { ...hashes, ...callHashes(context, runtime) } }
  },
}

/** Wallets and hardware signers go by transaction_version: when it stays, they sign the bytes that they know. */
function changedEncoding(context: CheckContext, from: RuntimeContext, to: RuntimeContext): Finding[] {
  if (to.version.transactionVersion !== from.version.transactionVersion) return []
  const changed = changedCalls(from.codec, to.codec)
  const [first] = changed
  if (first === undefined) return []
  const title = `transaction_version stays ${from.version.transactionVersion}, but ${changed.length} call(s) are encoded otherwise, such as ${first.call} (${first.change})`
  const evidence = changed.slice(0, SHOWN_CALLS).map(({ call, change }) => `${call}: ${change}`)
  const severity = profileOf(from.version.specName).raisesTransactionVersion ? 'error' : 'warning'
  return [{ ...finding(context, title, { calls: changed.length }), severity, evidence }]
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

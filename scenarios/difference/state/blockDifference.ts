import { bytesToHex } from '../../../harness/base/bytes.ts'
import type { BuiltBlock } from '../../../harness/chain/build/blockBuilder.ts'
import type { Difference } from '../difference.ts'

/** What two blocks differ in beside the state: their inherents, and what their headers tell nodes. */
export function blockDifferences(
  number: number,
  control: BuiltBlock,
  candidate: BuiltBlock,
): readonly Difference[] {
  const [before, after] = [control, candidate].map(({ head }) => head.header.digest.map(bytesToHex))
  const differences: Difference[] = []
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    differences.push({
      kind: 'changed',
      area: 'behavior',
      subject: 'the digest of blocks',
      title: `block ${number} has other digest items in its header than without the upgrade, which nodes act upon`,
      facts: { block: number, before: before?.length ?? 0, after: after?.length ?? 0 },
      evidence: [`without: ${before?.join(' ') ?? ''}`, `with: ${after?.join(' ') ?? ''}`],
    })
  }
  if (control.inherentCount !== candidate.inherentCount) {
    differences.push({
      kind: 'changed',
      area: 'behavior',
      subject: 'the inherents of blocks',
      title: `block ${number} has ${candidate.inherentCount} inherents instead of ${control.inherentCount}`,
      facts: { block: number, before: control.inherentCount, after: candidate.inherentCount },
      evidence: [],
    })
  }
  return differences
}

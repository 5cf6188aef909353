import type { Check, CheckAnswer } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'

/** What the call, its signature and the wrappers of governance add to the code in an extrinsic, generously. */
const CALL_OVERHEAD_BYTES = 1024

export const blobSize: Check = defineCheck({
  id: 'blob.size',
  title: 'The candidate fits into a block',
  why: 'Code above the block length limit can be approved by governance and then cannot be submitted.',
  rules: [
    {
      id: 'tooLarge',
      severity: 'error',
      says: 'The code does not fit into the normal extrinsics of a block; a warning when it comes close and is larger than the one on chain.',
    },
  ],
  async run(context): Promise<CheckAnswer> {
    const { candidate, limits } = context
    const { codec } = context.current
    const length = codec.blockLength()
    const sizeBytes = candidate.submitted.length
    if (length === null) {
      return {
        kind: 'inconclusive',
        reason: 'the runtime on chain has no constant System.BlockLength',
        measures: { sizeBytes },
      }
    }
    const limitBytes = length.normal
    const share = (sizeBytes + CALL_OVERHEAD_BYTES) / limitBytes
    const measures = { sizeBytes, limitBytes, wasmBytes: candidate.wasm.length }
    // Close to the limit is where the runtime on chain stands already, when the candidate is no larger.
    const isUsual = share <= 1 && sizeBytes <= context.current.blob.submitted.length
    if (share <= limits.sizeWarnShare || isUsual) return { kind: 'ran', findings: [], measures }
    const percent = Math.round(share * 100)
    const finding = createFinding(blobSize, context, {
      rule: 'tooLarge',
      severity: share > 1 ? 'error' : 'warning',
      subject: 'size',
      title: `The candidate has ${sizeBytes} bytes, ${percent} % of the ${limitBytes} that the normal extrinsics of a block may take`,
      facts: measures,
    })
    return { kind: 'ran', findings: [finding], measures }
  },
})

import type { RuntimeLog } from '../../harness/runtime/executor.ts'
import { type ChainProfile, isHarmlessError } from '../../scenarios/check/chainProfile.ts'
import type { Oracle, Suspicion } from './oracle.ts'

/**
 * What FRAME itself logs at ERROR although nothing is wrong with the runtime: `Utility.if_else` returns more weight than it declares, and
 * the surplus is ignored, as the line says.
 */
const HARMLESS_STARTS = ['Post dispatch weight is greater than pre dispatch weight']

/** A line at ERROR in a call that came back, unless the profile knows it for harmless. */
export function createErrorLogOracle(profile: ChainProfile): Oracle {
  const judge = (logs: readonly RuntimeLog[], where: string): Suspicion | null => {
    const telling = logs.find((log) => !isHarmlessError(profile, log) && !isOfFrame(log))
    if (telling === undefined) return null
    const { target, message } = telling
    return {
      oracle: 'errorLog',
      key: `errorLog ${target} ${message.replaceAll(/0x[0-9a-f]+|\d+/gi, '#')}`,
      severity: 'error',
      title: `${where} logs an error: ${target}: ${message}`,
      facts: { where, target, message },
      evidence: [],
    }
  }
  return {
    id: 'errorLog',
    afterCall: ({ step, applied }) =>
      applied.kind === 'skipped' ? null : judge(applied.run.logs, `${step.pallet}.${step.call}`),
    afterOpen: (block) => judge(block.errors, 'The beginning of a block'),
    afterClose: ({ closed }) => judge(closed.run.logs, 'The end of a block'),
  }
}

function isOfFrame({ message }: RuntimeLog): boolean {
  return HARMLESS_STARTS.some((start) => message.startsWith(start))
}

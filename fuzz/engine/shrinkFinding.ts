import type { Oracle } from '../oracles/oracle.ts'
import { shrinkStep } from '../strategies/shrinkSteps.ts'
import type { Step } from '../strategies/step.ts'
import type { FastChain, OpenBlock } from './fastChain.ts'
import { replaySteps } from './runCase.ts'

export interface ShrinkOptions {
  readonly steps: readonly Step[]
  readonly key: string
  /** Makes the oracles anew for each try, so that none remembers what it saw before. */
  readonly oracles: () => readonly Oracle[]
  /** Runtime calls to spend. Default 150,000. */
  readonly executions?: number
}

/** The simplest sequence found that still shows the suspicion `key`; the given one when it does not show it. */
export async function shrinkFinding(
  chain: FastChain,
  block: OpenBlock,
  { steps, key, oracles, executions = 150_000 }: ShrinkOptions,
): Promise<readonly Step[]> {
  const end = chain.executions + executions
  const shows: Shows = async (candidate) => {
    if (chain.executions >= end) return false
    const run = await replaySteps(chain, block, { steps: candidate, oracles: oracles() })
    return run.suspicions.some((suspicion) => suspicion.key === key)
  }
  let best = steps
  for (let before = Number.POSITIVE_INFINITY; best.length < before; ) {
    before = best.length
    best = await mergeBlocks(await leaveOut(best, shows), shows)
  }
  return leaveOut(await simplify(best, shows), shows)
}

type Shows = (steps: readonly Step[]) => Promise<boolean>

/** Leaves out runs of steps, long ones first, from the end on; single ones until none can go any more. */
async function leaveOut(steps: readonly Step[], shows: Shows): Promise<readonly Step[]> {
  let best = steps
  for (let size = Math.ceil(steps.length / 2); size >= 1; ) {
    const before = best.length
    for (let start = best.length - size; start > -size; start -= size) {
      const candidate = [...best.slice(0, Math.max(start, 0)), ...best.slice(start + size)]
      if (await shows(candidate)) best = candidate
    }
    if (size > 1) size = Math.floor(size / 2)
    else if (best.length === before) break
  }
  return best
}

/** Blocks that end earlier end with a later one instead, at the same height: what is due at a height stays due. */
async function mergeBlocks(steps: readonly Step[], shows: Shows): Promise<readonly Step[]> {
  let best = steps
  for (let i = best.length - 2; i >= 0; i--) {
    const step = best[i]
    const next = best.findIndex((one, j) => j > i && one.kind === 'blocks')
    const later = best[next]
    if (step?.kind !== 'blocks' || later?.kind !== 'blocks') continue
    const joined: Step = { kind: 'blocks', count: step.count + later.count }
    const candidate = best.flatMap((one, j) => (j === i ? [] : [j === next ? joined : one]))
    if (await shows(candidate)) best = candidate
  }
  return best
}

/** Each step's arguments as simple as they can be. */
async function simplify(steps: readonly Step[], shows: Shows): Promise<readonly Step[]> {
  let best = steps
  for (let i = 0; i < best.length; i++) {
    for (let improved = true; improved; ) {
      improved = false
      const step = best[i]
      for (const simpler of step === undefined ? [] : shrinkStep(step)) {
        const candidate = best.map((one, j) => (i === j ? simpler : one))
        if (!(await shows(candidate))) continue
        best = candidate
        improved = true
        break
      }
    }
  }
  return best
}

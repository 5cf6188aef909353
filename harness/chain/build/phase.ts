import type { ApplyResult } from '../../codec/index.ts'
import type { Outcome } from '../../runtime/executor.ts'
import type { ChainState } from '../../state/chainState.ts'

/** A step of making a block, in order. `index` counts from 0, inherents first. */
export type PhaseName =
  | { readonly kind: 'initialize' }
  | { readonly kind: 'inherents' }
  | { readonly kind: 'extrinsic'; readonly index: number; readonly inherent: boolean }
  | { readonly kind: 'finalize' }

/** One call that a block made, and everything needed to make it again. */
export interface Phase {
  readonly name: PhaseName
  readonly entryPoint: string
  readonly input: Uint8Array
  /** What the call ran on. */
  readonly state: ChainState
  readonly outcome: Outcome
  /** True when the block kept the call's changes. */
  readonly kept: boolean
  /** Of an extrinsic whose call came back; null when its result could not be decoded. */
  readonly applyResult?: ApplyResult | null
}

/** `initialize`, `extrinsic 2 (inherent)`, for messages. */
export function phaseLabel(name: PhaseName): string {
  if (name.kind !== 'extrinsic') return name.kind
  return `extrinsic ${name.index}${name.inherent ? ' (inherent)' : ''}`
}

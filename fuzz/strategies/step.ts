import type { ChainValue } from '../../harness/codec/index.ts'

/** Who a call comes from. Accounts are 0x-hex. */
export type Origin =
  | { readonly kind: 'signed'; readonly account: string }
  /** Through the pallet Sudo, signed by its key. */
  | { readonly kind: 'root' }
  /** A bare extrinsic. */
  | { readonly kind: 'none' }

/** A call by names and decoded arguments, so that it survives an upgrade. */
export interface CallStep {
  readonly kind: 'call'
  readonly origin: Origin
  readonly pallet: string
  readonly call: string
  /** By name; null for a call without arguments. */
  readonly args: ChainValue
}

/** Ends the block, and begins the one so many heights further on. */
export interface BlockStep {
  readonly kind: 'blocks'
  /** At least 1; the blocks between are left out and only number and time pass. */
  readonly count: number
}

export type Step = CallStep | BlockStep

/** One line for people: `root SubtensorModule.sudo_set_tempo {"netuid":1,"tempo":0}`. */
export function stepText(step: Step): string {
  if (step.kind === 'blocks') return step.count === 1 ? 'next block' : `${step.count} blocks later`
  const { origin, pallet, call, args } = step
  const who = origin.kind === 'signed' ? `${origin.account.slice(0, 10)}…` : origin.kind
  const text = args === null ? '' : ` ${JSON.stringify(args)}`
  return `${who} ${pallet}.${call}${text.length > 160 ? `${text.slice(0, 160)}…` : text}`
}

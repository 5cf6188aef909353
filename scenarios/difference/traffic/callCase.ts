import type { ChainInput } from '../../../harness/codec/index.ts'

/** Who makes a call. `root`: a call of sudo's, made by its key. `nobody`: an extrinsic without a signature. */
export type CallOrigin =
  | { readonly kind: 'signed' | 'root'; readonly account: string }
  | { readonly kind: 'nobody' }

/** A call with its arguments, by names, so that each runtime encodes it in its own way. */
export interface CallCase {
  readonly pallet: string
  readonly call: string
  readonly args: { readonly [name: string]: ChainInput }
  readonly origin: CallOrigin
}

/** `Balances.transfer_all` */
export function callName({ pallet, call }: Pick<CallCase, 'pallet' | 'call'>): string {
  return `${pallet}.${call}`
}

/** The case in one line, for people. */
export function caseText({ args, origin, ...call }: CallCase): string {
  const written = JSON.stringify(args, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  const short = written.length > 160 ? `${written.slice(0, 160)}…` : written
  const by =
    origin.kind === 'nobody' ? 'nobody' : `${origin.kind === 'root' ? 'root through ' : ''}${origin.account}`
  return `${callName(call)}(${short}) by ${by}`
}

import type { ShapeField, TypeTable } from '../../harness/codec/index.ts'
import { type Generator, generateFields } from './generateValue.ts'
import { hasValues, isLeftOut } from './leftOut.ts'
import { chance, pick, type Rng } from './rng.ts'
import type { CallStep, Origin } from './step.ts'
import type { Strategy } from './strategy.ts'

/** A call that the runtime has. */
export interface KnownCall {
  readonly pallet: string
  readonly call: string
  readonly fields: readonly ShapeField[]
}

/** The calls that a campaign makes. */
export function fuzzedCalls(types: TypeTable): readonly KnownCall[] {
  return [...types.calls.values()].flatMap(({ pallet, variants }) =>
    [...variants.values()]
      .map(({ name, fields }) => ({ pallet, call: name, fields }))
      .filter(
        ({ call, fields }) => !isLeftOut(pallet, call) && fields.every(({ type }) => hasValues(types, type)),
      ),
  )
}

/** Any of `calls`, with any arguments and any origin. */
export function createAnyCall(name: string, calls: readonly KnownCall[]): Strategy {
  return {
    name,
    next: ({ generator }) => (calls.length === 0 ? null : anyCall(generator, pick(generator.rng, calls))),
  }
}

/** The call with generated arguments and origin. */
export function anyCall(generator: Generator, { pallet, call, fields }: KnownCall): CallStep {
  const origin = anyOrigin(generator)
  return { kind: 'call', origin, pallet, call, args: generateFields(generator, fields) }
}

/** Mostly an account of the state, a quarter root, seldom an account that nobody has seen, or nobody. */
export function anyOrigin({ rng, pools }: Generator): Origin {
  const style = rng.int(100)
  if (style < 25) return { kind: 'root' }
  if (style < 27) return { kind: 'none' }
  const { accounts } = pools
  if (accounts.length === 0 || style > 97) return { kind: 'signed', account: strangeAccount(rng) }
  const few = chance(rng, 80) ? accounts.slice(0, 8) : accounts
  return { kind: 'signed', account: pick(rng, few) }
}

function strangeAccount(rng: Rng): string {
  return `0x${rng.int(256).toString(16).padStart(2, '0').repeat(32)}`
}

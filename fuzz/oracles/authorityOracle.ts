import { bytesToHex, hexToBytes } from '../../harness/base/bytes.ts'
import { Overlay } from '../../harness/state/overlay.ts'
import type { Applied, FastChain } from '../engine/fastChain.ts'
import type { CallStep } from '../strategies/step.ts'
import type { Oracle, SeenCall, Suspicion } from './oracle.ts'

/** Calls that are for root or for who was chosen, by the convention of their names. */
const PRIVILEGED = /^(sudo_|force_|kill_|set_code|authorize_upgrade)/
/** `Sudo.sudo_as` and the like check the key themselves; `Utility.force_batch` is for everybody. */
const OPEN_PALLETS: ReadonlySet<string> = new Set(['Sudo', 'Utility'])
const BAD_ORIGIN = 2
/** Looks at a call so often, then trusts it. */
const LOOKS = 24
const STRANGER = bytesToHex(new Uint8Array(32).fill(0x5a))

/**
 * A call that succeeds for whom it is not for. With the runtime on chain as `control`: a signed call that it refuses for its origin and
 * the candidate lets through. Without: a call named as root's (`sudo_…`, `force_…`) that an account nobody knows can make.
 */
export function createAuthorityOracle(control: FastChain | null = null): Oracle {
  const looks = new Map<string, number>()
  return {
    id: 'authority',
    afterCall: (seen) => {
      const { step, applied } = seen
      if (applied.kind !== 'success' || step.origin.kind === 'root') return null
      const name = `${step.pallet}.${step.call}`
      const count = looks.get(name) ?? 0
      if (count >= LOOKS) return null
      looks.set(name, count + 1)
      if (step.origin.kind === 'none') return withoutSigner(step)
      if (control !== null && isRefused(control.apply(step, new Overlay(seen.block.state)))) {
        return allowed(step, 'the runtime on chain refuses its origin')
      }
      if (!PRIVILEGED.test(step.call) || OPEN_PALLETS.has(step.pallet)) return null
      return isOpenToStrangers(seen) ? allowed(step, 'by its name it is for root') : null
    },
  }
}

function isRefused(applied: Applied): boolean {
  return applied.kind === 'failed' && applied.output[1] === 1 && applied.output[2] === BAD_ORIGIN
}

/** The same call from an account that is nothing but funded, in a block that nobody keeps. */
function isOpenToStrangers({ chain, block, step }: SeenCall): boolean {
  if (step.origin.kind !== 'signed') return false
  const { codec } = chain.runtime
  const overlay = new Overlay(block.state)
  const account = overlay.get(codec.storageKey('System', 'Account', hexToBytes(step.origin.account)))
  if (account === null) return false
  const funded = account.slice()
  funded.fill(0, 0, 4)
  overlay.set(codec.storageKey('System', 'Account', hexToBytes(STRANGER)), funded)
  const applied = chain.apply({ ...step, origin: { kind: 'signed', account: STRANGER } }, overlay)
  return applied.kind === 'success'
}

function allowed(step: CallStep, why: string): Suspicion {
  const name = `${step.pallet}.${step.call}`
  return {
    oracle: 'authority',
    key: `authority ${name}`,
    severity: 'error',
    title: `Any signed account may make ${name}: ${why}`,
    facts: { call: name, why },
    evidence: [],
  }
}

function withoutSigner(step: CallStep): Suspicion {
  const name = `${step.pallet}.${step.call}`
  return {
    oracle: 'authority',
    key: `unsigned ${name}`,
    severity: 'warning',
    title: `${name} succeeds without a signature; see that its ValidateUnsigned refuses what anybody could send`,
    facts: { call: name },
    evidence: [],
  }
}

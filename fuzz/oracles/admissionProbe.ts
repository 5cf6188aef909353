import type { Executor } from '../../harness/runtime/executor.ts'
import { Overlay } from '../../harness/state/overlay.ts'
import type { FastChain, OpenBlock } from '../engine/fastChain.ts'
import type { CallStep } from '../strategies/step.ts'
import type { Suspicion } from './oracle.ts'

const APPLY = 'BlockBuilder_apply_extrinsic'

export interface AdmissionOptions {
  /** Really verifies signatures. */
  readonly executor: Executor
  /** 0x-hex, with funds. */
  readonly account: string
}

/**
 * What every runtime has to refuse of an account with funds: a signature that is none of its, the same extrinsic again, a nonce that is not
 * due. `inconclusive` when the account cannot make even a plain remark.
 */
export async function probeAdmission(
  chain: FastChain,
  block: OpenBlock,
  { executor, account }: AdmissionOptions,
): Promise<
  { readonly kind: 'looked'; readonly suspicions: readonly Suspicion[] } | { readonly kind: 'inconclusive' }
> {
  const remark: CallStep = {
    kind: 'call',
    origin: { kind: 'signed', account },
    pallet: 'System',
    call: 'remark',
    args: { remark: '0x00' },
  }
  const overlay = new Overlay(block.state)
  const extrinsic = chain.writer.write(remark, overlay)
  if (extrinsic === null || block.inherentsOnly) return { kind: 'inconclusive' }
  const apply = () => chain.machine.run({ entryPoint: APPLY, input: extrinsic, overlay }).output?.[0]
  if (apply() !== 0) return { kind: 'inconclusive' }
  const suspicions: Suspicion[] = []
  if (apply() === 0) {
    suspicions.push(
      accepted('nonce', 'The same signed extrinsic is applied twice', 'CheckNonce lets any nonce through'),
    )
  }
  const outcome = await executor.call({
    blob: chain.runtime.blob,
    entryPoint: APPLY,
    input: extrinsic,
    state: block.state,
    options: { signatures: 'verify', maxLogLevel: 1 },
  })
  if (outcome.kind === 'ok' && outcome.output[0] === 0) {
    const what = 'An extrinsic with a signature of nobody is applied'
    suspicions.push(accepted('signature', what, 'its fee is taken from the account that it names'))
  }
  return { kind: 'looked', suspicions }
}

function accepted(what: string, title: string, why: string): Suspicion {
  return {
    oracle: 'admission',
    key: `admission ${what}`,
    severity: 'error',
    title: `${title}: ${why}`,
    facts: { what },
    evidence: [],
  }
}

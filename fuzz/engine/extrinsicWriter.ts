import {
  binaryToBytes,
  bytesToBinary,
  bytesToHex,
  concatBytes,
  hexToBytes,
} from '../../harness/base/bytes.ts'
import type { RuntimeContext } from '../../harness/chain/index.ts'
import type { ChainInput } from '../../harness/codec/index.ts'
import { decodeBytes, encodeBytes, encodeCompact } from '../../harness/codec/scale.ts'
import type { StateView } from '../../harness/state/stateView.ts'
import type { CallStep } from '../strategies/step.ts'

/** An account that stands in the template; no real one is made of these bytes. */
const PLACEHOLDER = new Uint8Array(32).fill(0xa7)
const NONCE_BYTES = 4

/** A signed extrinsic around account, nonce and call. */
interface Template {
  readonly beforeAccount: Uint8Array
  readonly beforeNonce: Uint8Array
  readonly afterNonce: Uint8Array
}

/**
 * Writes steps as extrinsics with a mock signature, for a runtime that accepts every signature. Nonces are those of the state.
 *
 * PERF: bytes around a template, 2 us; signing in full takes 60.
 */
export class ExtrinsicWriter {
  readonly #runtime: RuntimeContext
  readonly #template: Template
  readonly #sudo: Uint8Array | null
  readonly #accountKeys = new Map<string, string>()

  /** Throws `CODEC_EXTRINSIC_VERSION` and `CODEC_EXTENSION` as `signExtrinsic`. */
  constructor(runtime: RuntimeContext) {
    this.#runtime = runtime
    this.#template = createTemplate(runtime)
    const { codec } = runtime
    const hasSudo = codec.hasCall('Sudo', 'sudo') && codec.item('Sudo', 'Key') !== null
    const remark = { pallet: 'System', call: 'remark', args: { remark: '0x' } }
    this.#sudo = hasSudo ? codec.encodeCall('Sudo', 'sudo', { call: remark }).subarray(0, 2) : null
  }

  /**
   * Null when the step cannot be made: root without a sudo key. `before`: calls that stand in the same block and are not in the state
   * yet; they count for nonces. Throws `CODEC_ENCODE` for arguments that do not fit.
   */
  write(step: CallStep, state: StateView, before: readonly CallStep[] = []): Uint8Array | null {
    const { origin, pallet, call, args } = step
    const { codec } = this.#runtime
    // SAFETY: every ChainValue is a ChainInput.
    const encoded = codec.encodeCall(pallet, call, (args ?? {}) as ChainInput)
    if (origin.kind === 'none') return codec.encodeUnsigned(encoded)
    const signer = this.#signer(step, state)
    if (signer === null) return null
    const isRoot = origin.kind === 'root' && this.#sudo !== null
    const body = isRoot ? concatBytes(this.#sudo ?? new Uint8Array(), encoded) : encoded
    const earlier = before.filter((one) => this.#signer(one, state) === signer).length
    return this.#signed(signer, body, this.nonce(signer, state) + earlier)
  }

  /** Whose signature the step has. */
  #signer({ origin }: CallStep, state: StateView): string | null {
    if (origin.kind === 'signed') return origin.account
    if (origin.kind === 'none' || this.#sudo === null) return null
    const key = state.get(this.#runtime.codec.storageKey('Sudo', 'Key'))
    return key === null ? null : bytesToHex(key)
  }

  /** The account's next nonce; 0 when it is new. */
  nonce(account: string, state: StateView): number {
    let key = this.#accountKeys.get(account)
    if (key === undefined) {
      key = this.#runtime.codec.storageKey('System', 'Account', account)
      this.#accountKeys.set(account, key)
    }
    const value = state.get(key)
    if (value === null || value.length < NONCE_BYTES) return 0
    return new DataView(value.buffer, value.byteOffset).getUint32(0, true)
  }

  #signed(account: string, call: Uint8Array, nonceValue: number): Uint8Array {
    const { beforeAccount, beforeNonce, afterNonce } = this.#template
    const nonce = encodeCompact(nonceValue)
    return encodeBytes(concatBytes(beforeAccount, hexToBytes(account), beforeNonce, nonce, afterNonce, call))
  }
}

/** Two extrinsics that differ in the nonce alone tell where it stands. */
function createTemplate({ codec, version }: RuntimeContext): Template {
  const sign = (nonce: number) => {
    const extrinsic = codec.signExtrinsic({
      call: new Uint8Array(0),
      nonce,
      genesisHash: new Uint8Array(32),
      specVersion: version.specVersion,
      transactionVersion: version.transactionVersion ?? 1,
      signer: { address: bytesToHex(PLACEHOLDER) },
      signature: 'mock',
    })
    return decodeBytes(extrinsic)?.value ?? extrinsic
  }
  const [first, second] = [sign(0), sign(1)]
  const nonceAt = first.findIndex((byte, i) => byte !== second[i])
  const accountAt = bytesToBinary(first).indexOf(bytesToBinary(PLACEHOLDER))
  const text = bytesToBinary(first)
  const part = (start: number, end?: number) => binaryToBytes(text.slice(start, end))
  return {
    beforeAccount: part(0, accountAt),
    beforeNonce: part(accountAt + PLACEHOLDER.length, nonceAt),
    afterNonce: part(nonceAt + 1),
  }
}

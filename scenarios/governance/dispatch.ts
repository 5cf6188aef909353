import { bytesToHex, concatBytes } from '../../harness/base/bytes.ts'
import type { ChainHead } from '../../harness/chain/block.ts'
import { type BuildResult, type BuiltBlock, buildBlock } from '../../harness/chain/build/blockBuilder.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import { errorText, nestedErrors } from './nestedErrors.ts'

/** Who makes a call: an account that signs, or nobody, for a call that the runtime takes from anyone without a signature. */
export type Caller = Uint8Array | 'nobody'

/** Why a call had no effect. */
export interface Refusal {
  /** `tooLarge`: it needs more weight or length than a block has. */
  readonly kind: 'refused' | 'tooLarge'
  /** Names the dispatch error, such as `System.SpecVersionNeedsToIncrease`. */
  readonly error: string
}

/** The block with the call, or none when the runtime did not take it. */
export interface Dispatched {
  readonly head: ChainHead
  readonly refusal: Refusal | null
}

/** What pays any fee, and fits the narrowest balances. */
const FUNDS = 10n ** 18n
const NO_HASH = new Uint8Array(32)

/** Puts a call into the next block, with a signature that is assumed to be valid. */
export async function dispatchCall(
  runtime: RuntimeContext,
  head: ChainHead,
  { call, caller }: { readonly call: Uint8Array; readonly caller: Caller },
): Promise<Dispatched> {
  const { codec, version } = runtime
  const extrinsic =
    caller === 'nobody'
      ? codec.encodeUnsigned(call)
      : codec.signExtrinsic({
          call,
          nonce: nonceOf(runtime, head, caller),
          genesisHash: NO_HASH,
          specVersion: version.specVersion,
          transactionVersion: version.transactionVersion,
          signer: { address: bytesToHex(caller) },
          signature: 'mock',
        })
  const result = await buildBlock(acceptingSignatures(runtime), head, { extrinsics: [extrinsic] })
  return result.kind === 'failed'
    ? { head, refusal: { kind: 'refused', error: result.message } }
    : { head: result.head, refusal: refusalIn(runtime, result) }
}

/** The next block without anything of ours. */
export function buildEmpty(runtime: RuntimeContext, head: ChainHead): Promise<BuildResult> {
  return buildBlock(acceptingSignatures(runtime), head)
}

function acceptingSignatures(runtime: RuntimeContext): RuntimeContext {
  return { ...runtime, callOptions: { ...runtime.callOptions, signatures: 'accept' } }
}

function refusalIn({ codec }: RuntimeContext, block: BuiltBlock): Refusal | null {
  const [dropped] = block.dropped
  if (dropped !== undefined) return toRefusal(dropped.message)
  const phase = block.phases.findLast(({ name }) => name.kind === 'extrinsic' && !name.inherent)
  if (phase?.applyResult?.kind === 'dispatchError') return toRefusal(errorText(phase.applyResult.error))
  const index = phase?.name.kind === 'extrinsic' ? phase.name.index : -1
  const [nested] = nestedErrors(codec, block.head.state, (event) => {
    return event.phase.kind === 'applyExtrinsic' && event.phase.index === index
  })
  return nested === undefined ? null : toRefusal(nested)
}

function toRefusal(error: string): Refusal {
  return { kind: /ExhaustsResources|Exhausted|Overweight/.test(error) ? 'tooLarge' : 'refused', error }
}

interface AccountInfo {
  readonly nonce: number | string
  readonly data: Readonly<Record<string, string | number>>
}

/** `System.Account`, or what it would be for a new account. Null when it has another form. */
function accountInfo({ codec }: RuntimeContext, head: ChainHead, account: Uint8Array): AccountInfo | null {
  const bytes =
    head.state.get(codec.storageKey('System', 'Account', account)) ?? codec.fallback('System', 'Account')
  const decoded = bytes === null ? null : codec.decodeValue('System', 'Account', bytes)
  if (decoded?.kind !== 'value' || typeof decoded.value !== 'object' || decoded.value === null) return null
  // SAFETY: an AccountInfo of FRAME has these fields; what is missing is found by the test below.
  const info = decoded.value as unknown as AccountInfo
  return info.nonce === undefined || info.data?.['free'] === undefined ? null : info
}

function nonceOf(runtime: RuntimeContext, head: ChainHead, account: Uint8Array): bigint {
  return BigInt(accountInfo(runtime, head, account)?.nonce ?? 0)
}

/** Gives an account enough for any fee. Null when its record has another form than FRAME's. */
export function fundingChanges(
  runtime: RuntimeContext,
  head: ChainHead,
  account: Uint8Array,
): Changes | null {
  const info = accountInfo(runtime, head, account)
  if (info === null) return null
  const { codec } = runtime
  const funded = {
    ...info,
    data: { ...info.data, free: FUNDS },
    ...('providers' in info ? { providers: 1 } : {}),
  }
  const key = codec.storageKey('System', 'Account', account)
  return new Map([[key, codec.encodeValue('System', 'Account', funded)]])
}

/** Account of nobody in particular: four bytes of name, then zeros. */
export function unnamedAccount(): Uint8Array {
  return concatBytes(new TextEncoder().encode('dock'), new Uint8Array(28))
}

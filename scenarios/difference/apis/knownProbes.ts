import { bytesToHex, concatBytes } from '../../../harness/base/bytes.ts'
import { decodeValidityError } from '../../../harness/codec/index.ts'
import { encodeUint } from '../../../harness/codec/scale.ts'
import { ShapeError } from '../../../harness/codec/shape/shape.ts'
import type { ApiProbe, SignedProbe } from './apiProbe.ts'

export interface KnownProbesOptions {
  /** Extrinsics that are valid in the state. */
  readonly extrinsics: readonly SignedProbe[]
  /** Some that hold money. */
  readonly accounts: readonly Uint8Array[]
  /** What is called on both sides, by entry point. */
  readonly isListed: (entryPoint: string) => boolean
}

/** `TransactionSource::External`, as from a node's RPC. */
const EXTERNAL = new Uint8Array([2])
const HASH = new Uint8Array(32)
const WEIGHT_PS = 1_000_000_000n

/**
 * Questions to the runtime APIs that every node and wallet asks, whose form is known without metadata: for runtimes whose metadata
 * lists none, and for the transaction queue, which is asked for each kind of signed call.
 */
export function knownProbes({ extrinsics, accounts, isListed }: KnownProbesOptions): readonly ApiProbe[] {
  const queue = extrinsics.map(({ text, control, candidate }) => {
    const input = (bytes: Uint8Array) => concatBytes(EXTERNAL, bytes, HASH)
    return {
      ...probe('TaggedTransactionQueue', 'validate_transaction', input(control), text),
      candidate: input(candidate),
      decode: (_: string, output: Uint8Array) => validity(output),
    }
  })
  return [...queue, ...plainProbes(accounts).filter(({ entryPoint }) => !isListed(entryPoint))]
}

function plainProbes(accounts: readonly Uint8Array[]): readonly ApiProbe[] {
  const none = new Uint8Array()
  const weight = concatBytes(compact8(WEIGHT_PS), new Uint8Array([0]))
  return [
    ...accounts.map((account) => probe('AccountNonceApi', 'account_nonce', account, bytesToHex(account))),
    probe('TransactionPaymentApi', 'query_weight_to_fee', weight, `${WEIGHT_PS} ps`),
    probe('TransactionPaymentApi', 'query_length_to_fee', encodeUint(100, 4), '100 bytes'),
    probe('AuraApi', 'slot_duration', none),
    probe('AuraApi', 'authorities', none),
    probe('BabeApi', 'configuration', none),
    probe('BabeApi', 'current_epoch', none),
    probe('GrandpaApi', 'grandpa_authorities', none),
    probe('GrandpaApi', 'current_set_id', none),
    probe('SessionKeys', 'generate_session_keys', new Uint8Array([0]), 'no seed'),
    probe('Metadata', 'metadata', none),
  ]
}

function probe(api: string, method: string, input: Uint8Array, text = ''): ApiProbe {
  return {
    name: `${api}.${method}`,
    entryPoint: `${api}_${method}`,
    text,
    control: input,
    candidate: input,
    decode: (_, output) => bytesToHex(output),
    comparesValues: api !== 'Metadata',
  }
}

/** `TransactionValidity`: valid, or why not; priorities follow from fees and weights, which are compared elsewhere. */
function validity(output: Uint8Array): string {
  if (output[0] === 0) return 'valid'
  const reason = output[0] === 1 ? decodeValidityError(output.subarray(1)) : null
  if (reason === null) throw new ShapeError('not a TransactionValidity')
  return reason
}

/** A compact integer of at most eight bytes that needs more than four. */
function compact8(value: bigint): Uint8Array {
  return value < 1n << 30n
    ? encodeUint((value << 2n) | 2n, 4)
    : concatBytes(new Uint8Array([3]), encodeUint(value, 4))
}

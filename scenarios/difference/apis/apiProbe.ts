import { concatBytes } from '../../../harness/base/bytes.ts'
import type {
  ChainCodec,
  ChainInput,
  ChainValue,
  RuntimeApiMethod,
  TypeRef,
} from '../../../harness/codec/index.ts'
import { decodeShape, ShapeReader } from '../../../harness/codec/shape/decodeShape.ts'
import { encodeShape } from '../../../harness/codec/shape/encodeShape.ts'
import { ShapeError } from '../../../harness/codec/shape/shape.ts'

/** One question to a runtime API, in the encoding of each runtime. */
export interface ApiProbe {
  /** `AccountNonceApi.account_nonce` */
  readonly name: string
  readonly entryPoint: string
  /** Arguments for people. */
  readonly text: string
  readonly control: Uint8Array
  readonly candidate: Uint8Array
  /** What an answer means to each; throws `ShapeError` for bytes that are none. */
  decode(side: 'control' | 'candidate', output: Uint8Array): ChainValue
  /** False for answers that differ with every version. */
  readonly comparesValues: boolean
}

/** Bytes of an extrinsic in each runtime's encoding; in a list of arguments, it stands for itself. */
export interface SignedProbe {
  readonly text: string
  readonly control: Uint8Array
  readonly candidate: Uint8Array
}

export type ApiArgument =
  | { readonly kind: 'value'; readonly value: ChainInput }
  | ({ readonly kind: 'extrinsic' } & SignedProbe)

export interface ProbeSides {
  readonly older: ChainCodec
  readonly newer: ChainCodec
}

export interface ListedMethod {
  readonly api: string
  readonly older: RuntimeApiMethod
  readonly newer: RuntimeApiMethod
}

/** A question to a method that both metadatas list; null when one of them cannot encode the arguments. */
export function listedProbe(
  { older, newer }: ProbeSides,
  { api, older: was, newer: is }: ListedMethod,
  args: readonly ApiArgument[],
): ApiProbe | null {
  const control = encodeArguments(older, was, args, 'control')
  const candidate = encodeArguments(newer, is, args, 'candidate')
  if (control === null || candidate === null) return null
  return {
    name: `${api}.${was.name}`,
    entryPoint: `${api}_${was.name}`,
    text: args.map(argumentText).join(', '),
    control,
    candidate,
    decode: (side, output) =>
      side === 'control' ? decodeWhole(older, was.output, output) : decodeWhole(newer, is.output, output),
    comparesValues: !/^(Core|Metadata|TryRuntime|Benchmark)$/.test(api),
  }
}

function encodeArguments(
  { metadata: { types } }: ChainCodec,
  { inputs }: RuntimeApiMethod,
  args: readonly ApiArgument[],
  side: 'control' | 'candidate',
): Uint8Array | null {
  try {
    return concatBytes(
      ...inputs.map((input, i) => {
        const arg = args[i]
        if (arg?.kind === 'extrinsic') return arg[side]
        return encodeShape(types, input.type, arg?.value)
      }),
    )
  } catch (error) {
    if (error instanceof ShapeError) return null
    throw error
  }
}

function decodeWhole({ metadata: { types } }: ChainCodec, type: TypeRef, output: Uint8Array): ChainValue {
  const reader = new ShapeReader(output)
  const value = decodeShape(types, type, reader)
  if (reader.remaining > 0) throw new ShapeError(`${reader.remaining} bytes after the answer`)
  return value
}

function argumentText(arg: ApiArgument): string {
  if (arg.kind === 'extrinsic') return arg.text
  const text = JSON.stringify(arg.value ?? null, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

import { bytesToHex } from '../base/bytes.ts'
import type { RuntimeMetadata } from './metadata/runtimeMetadata.ts'
import { decodeFields, ShapeReader } from './shape/decodeShape.ts'
import { type ChainValue, ShapeError } from './shape/shape.ts'

/** When in a block an event was deposited; `index` is that of the extrinsic. */
export type EventPhase =
  | { readonly kind: 'applyExtrinsic'; readonly index: number }
  | { readonly kind: 'finalization' }
  | { readonly kind: 'initialization' }

export interface ChainEvent {
  readonly phase: EventPhase
  readonly pallet: string
  readonly event: string
  /** By name where the runtime names them, else an array; null without fields. */
  readonly fields: ChainValue
  /** 0x-hex. */
  readonly topics: readonly string[]
}

export interface EventsDecoding {
  readonly events: readonly ChainEvent[]
  /** Why decoding stopped early; null when it reached the end of the bytes. */
  readonly error: string | null
}

/** The value of `System.Events`: what decodes, and an error where something does not. An empty value holds no events. */
export function decodeEvents(metadata: RuntimeMetadata, bytes: Uint8Array): EventsDecoding {
  const events: ChainEvent[] = []
  if (bytes.length === 0) return { events, error: null }
  const reader = new ShapeReader(bytes)
  try {
    const count = reader.length()
    while (events.length < count) events.push(decodeRecord(metadata, reader))
    if (reader.remaining > 0)
      throw new ShapeError(`${reader.remaining} bytes after the last of ${count} events`)
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    return { events, error: `event ${events.length}: ${error.describe()}` }
  }
  return { events, error: null }
}

function decodeRecord(metadata: RuntimeMetadata, reader: ShapeReader): ChainEvent {
  const phase = decodePhase(reader)
  const palletIndex = reader.byte()
  const pallet = metadata.events.get(palletIndex)
  if (pallet === undefined) throw new ShapeError(`no pallet with events at index ${palletIndex}`)
  const index = reader.byte()
  const variant = pallet.variants.get(index)
  if (variant === undefined) throw new ShapeError(`${pallet.pallet} has no event ${index}`)
  const fields = fieldsOf(metadata, { name: `${pallet.pallet}.${variant.name}`, variant, reader })
  const topics = Array.from({ length: reader.length() }, () => bytesToHex(reader.take(32)))
  return { phase, pallet: pallet.pallet, event: variant.name, fields, topics }
}

interface FieldsSource {
  readonly name: string
  readonly variant: { readonly fields: Parameters<typeof decodeFields>[1] }
  readonly reader: ShapeReader
}

function fieldsOf({ types }: RuntimeMetadata, { name, variant, reader }: FieldsSource): ChainValue {
  try {
    return decodeFields(types, variant.fields, reader)
  } catch (error) {
    throw error instanceof ShapeError ? error.within(name) : error
  }
}

function decodePhase(reader: ShapeReader): EventPhase {
  const kind = reader.byte()
  if (kind === 1) return { kind: 'finalization' }
  if (kind === 2) return { kind: 'initialization' }
  if (kind !== 0) throw new ShapeError(`no phase ${kind}`)
  const [a = 0, b = 0, c = 0, d = 0] = reader.take(4)
  return { kind: 'applyExtrinsic', index: (a | (b << 8) | (c << 16) | (d << 24)) >>> 0 }
}

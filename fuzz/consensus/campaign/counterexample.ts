import { z } from 'zod'
import type { ConsensusInput, Shape } from '../abi/index.ts'

/** A finding as a file: everything that it takes to see the fault again. */
export interface Counterexample {
  readonly format: 'drydock-consensus-counterexample'
  readonly version: 1
  readonly moduleSha256: string
  readonly property: string
  readonly title: string
  readonly message: string
  readonly variation: number
  readonly shape: Shape
  readonly limits: { readonly fuel: number; readonly pages: number }
  /** What the function was held against; null for nothing. */
  readonly reference: 'yuma' | null
  readonly input: ConsensusInput
}

const u16 = z.int().min(0).max(65_535)
const u32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
const cell = z.strictObject({ uid: u16, weight: u16, bond: u16 })
const stake = z
  .string()
  .regex(/^[0-9]{1,20}$/)
  .transform((text) => BigInt(text))
  .refine((value) => value < 2n ** 64n, 'a stake has at most 64 bits')
const MAX_NEURONS = 65_535

const schema = z.strictObject({
  format: z.literal('drydock-consensus-counterexample'),
  version: z.literal(1),
  moduleSha256: z.string().regex(/^[0-9a-f]{64}$/),
  property: z.string().max(64),
  title: z.string().max(256),
  message: z.string().max(4096),
  variation: z.int().min(0),
  shape: z.strictObject({ maxN: u16.min(1), cap: u16.min(1) }),
  limits: z.strictObject({ fuel: z.int().min(1), pages: z.int().min(1).max(65_536) }),
  reference: z.literal('yuma').nullable(),
  input: z.strictObject({
    kappa: u16,
    alpha: u16,
    maxValidators: u32,
    bondsPenalty: u16,
    neurons: z
      .array(z.strictObject({ stake, active: z.int().min(0).max(255), row: z.array(cell).max(MAX_NEURONS) }))
      .max(MAX_NEURONS),
  }),
})

/** Stakes are decimal strings: JSON's numbers end at 2^53. */
export function counterexampleToJson(example: Counterexample): string {
  return `${JSON.stringify(example, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`
}

/** Null when the text is not a counterexample. */
export function counterexampleFromJson(text: string): Counterexample | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** What nodes answer, checked before it is used: an endpoint may say anything. */
import { z } from 'zod'
import { hexToBytes } from '../base/bytes.ts'
import type { Header } from '../chain/header.ts'

const HEX = /^0x(?:[0-9a-f]{2})*$/
const HASH = /^0x[0-9a-f]{64}$/
/** Far above what a block or proof has. */
const MAX_ITEMS = 1_000_000

const hex = z.string().regex(HEX)
export const hashShape = z.string().regex(HASH)
export const hexListShape = z.array(hex).max(MAX_ITEMS)

const headerShape = z.object({
  parentHash: hashShape,
  number: z.string().regex(/^0x[0-9a-f]{1,8}$/),
  stateRoot: hashShape,
  extrinsicsRoot: hashShape,
  digest: z.object({ logs: z.array(hex).max(1000) }),
})

export const nullableHashShape = hashShape.nullable()
export const nullableHeaderShape = headerShape.nullable()
export const nullableBlockShape = z
  .object({ block: z.object({ header: headerShape, extrinsics: hexListShape }) })
  .nullable()
export const proofShape = z.object({ proof: hexListShape })

/** The header that an answer gives. */
export function toHeader(answer: z.infer<typeof headerShape>): Header {
  return {
    parentHash: hexToBytes(answer.parentHash),
    number: Number(answer.number),
    stateRoot: hexToBytes(answer.stateRoot),
    extrinsicsRoot: hexToBytes(answer.extrinsicsRoot),
    digest: answer.digest.logs.map(hexToBytes),
  }
}

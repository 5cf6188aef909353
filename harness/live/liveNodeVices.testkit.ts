/** Ways in which an endpoint can fail or lie, by name, so that a node in another thread can be told of them. */
import type { LiveNodeServerOptions } from './liveNodeServer.testkit.ts'

type Vice = Pick<LiveNodeServerOptions, 'instead' | 'respond'>
type Respond = NonNullable<LiveNodeServerOptions['respond']>

const GIGABYTE_PART = Buffer.alloc(1 << 20, 0x20)

const altered = (change: (proof: string[]) => unknown): Vice => ({
  instead: {
    state_getReadProof: (_, pass) => {
      // SAFETY: the honest answer has that shape.
      const { proof } = pass() as { proof: readonly string[] }
      return change([...proof])
    },
  },
})

/** The first three requests, which open a block, are answered. */
const afterOpening = (respond: Respond): Vice => ({
  respond: (response, request) => request > 3 && respond(response, request),
})

export const VICES = {
  'changes a byte of every node': altered((proof) => ({ proof: proof.map(flip) })),
  'leaves nodes out': altered((proof) => ({ proof: proof.slice(0, 1) })),
  'gives no proof': altered(() => ({ proof: [] })),
  'gives no hex': altered(() => ({ proof: ['0xzz'] })),
  'gives another shape': altered(() => 'soon'),
  'gives nodes backwards and twice': altered((proof) => ({ proof: [...proof.toReversed(), ...proof] })),
  'has no proofs': {
    instead: {
      state_getReadProof: () => {
        throw new Error('Method not found')
      },
    },
  },
  'lists no keys': {
    instead: {
      state_getKeysPaged: () => {
        throw new Error('Method not found')
      },
    },
  },
  'gives another header': {
    instead: { chain_getHeader: (_, pass) => ({ ...Object(pass()), stateRoot: `0x${'11'.repeat(32)}` }) },
  },
  'changes a byte of every body': {
    instead: {
      chain_getBlock: (_, pass) => {
        // SAFETY: the honest answer has that shape.
        const { block } = pass() as { block: { extrinsics: readonly string[] } }
        return { block: { ...block, extrinsics: block.extrinsics.map(flip) } }
      },
    },
  },
  'answers with a gigabyte': afterOpening((response) => {
    const more = () => {
      while (!response.destroyed && response.write(GIGABYTE_PART));
    }
    response.on('drain', more)
    more()
    return true
  }),
  drips: afterOpening((response) => {
    const timer = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(timer))
    return true
  }),
  'says 429 forever': afterOpening((response) => {
    response.statusCode = 429
    response.end()
    return true
  }),
  'says 429 once': {
    respond: (response, request) => {
      if (request !== 4) return false
      response.statusCode = 429
      response.end()
      return true
    },
  },
  'cuts the answer': afterOpening((response) => {
    response.end('{"jsonrpc":"2.0","id":1,"resu')
    return true
  }),
  'hangs up': afterOpening((response) => {
    response.destroy()
    return true
  }),
} satisfies Readonly<Record<string, Vice>>

export type ViceName = keyof typeof VICES

function flip(hex: string): string {
  return hex.slice(0, -1) + (hex.endsWith('0') ? '1' : '0')
}

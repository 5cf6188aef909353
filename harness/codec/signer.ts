import {
  ed25519PairFromSeed,
  ed25519Sign,
  encodeAddress,
  keyExtractPath,
  keyFromPath,
  secp256k1PairFromSeed,
  secp256k1Sign,
  sr25519PairFromSeed,
} from '@polkadot/util-crypto'
import { sign as sr25519Sign } from '@scure/sr25519'
import { hexToBytes } from '../base/bytes.ts'
import { DrydockError } from '../base/errors.ts'
import { blake2_256 } from '../base/hash.ts'

export type SignatureScheme = 'ed25519' | 'sr25519' | 'ecdsa'

/** Who signs extrinsics; a `KeyringPair` of @polkadot/keyring is one. */
export interface ExtrinsicSigner {
  /** SS58 of any network, or 0x-hex of a 20-byte account. */
  readonly address: string
  readonly type: SignatureScheme | 'ethereum'
  /** The signature without a scheme byte: 64 bytes, 65 for ECDSA. */
  sign(message: Uint8Array): Uint8Array
}

/** A well-known development account. */
export interface DevAccount extends ExtrinsicSigner {
  /** `//Alice`, for messages. */
  readonly name: string
  readonly type: SignatureScheme
  readonly publicKey: Uint8Array
  /** 32 bytes; for ECDSA the hash of the public key. */
  readonly accountId: Uint8Array
}

export interface DevAccountOptions {
  /** Default: `sr25519`. */
  readonly scheme?: SignatureScheme
  /** Default: 42. */
  readonly ss58Format?: number
}

/** Entropy of the phrase "bottom drive obey lake curtain smoke basket hold race lonely fit walk", stretched. */
const DEV_SEED = '0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e'

/**
 * The development account at a path such as `//Alice` or `//Bob//stash`. Its signatures are deterministic, so that a run can
 * be repeated to the byte. Throws `CODEC_ACCOUNT_PATH` for what is not a path of `//hard` junctions (`/soft` too for sr25519).
 */
export function devAccount(path: string, options: DevAccountOptions = {}): DevAccount {
  const { scheme = 'sr25519', ss58Format = 42 } = options
  const { publicKey, secretKey } = keyFromPath(seedPair(scheme), junctions(path, scheme), scheme)
  const accountId = scheme === 'ecdsa' ? blake2_256(publicKey) : publicKey
  return {
    name: path,
    type: scheme,
    publicKey,
    accountId,
    address: encodeAddress(accountId, ss58Format),
    sign: (message) => {
      // Zeros for the randomness that sr25519 mixes in: the nonce is still bound to the secret key and the message.
      if (scheme === 'sr25519') return sr25519Sign(secretKey, message, new Uint8Array(32))
      if (scheme === 'ed25519') return ed25519Sign(message, { publicKey, secretKey })
      return secp256k1Sign(message, { secretKey }, 'blake2')
    },
  }
}

function seedPair(scheme: SignatureScheme) {
  const seed = hexToBytes(DEV_SEED)
  if (scheme === 'sr25519') return sr25519PairFromSeed(seed)
  return scheme === 'ed25519' ? ed25519PairFromSeed(seed) : secp256k1PairFromSeed(seed)
}

function junctions(path: string, scheme: SignatureScheme) {
  const allowed = scheme === 'sr25519' ? /^(\/\/?[^/]+)*$/ : /^(\/\/[^/]+)*$/
  if (!allowed.test(path)) {
    throw new DrydockError(`no development account at ${JSON.stringify(path)} for ${scheme}`, {
      code: 'CODEC_ACCOUNT_PATH',
      kind: 'usage',
      hints: ['Paths look like //Alice or //Alice//stash.'],
      details: { path, scheme },
    })
  }
  return keyExtractPath(path).path
}

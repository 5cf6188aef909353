import { concatBytes } from '../../base/bytes.ts'
import { decodeBytes, encodeCompact, encodeOptionBytes } from '../../codec/scale.ts'
import { ecdsaVerify, ecdsaVerifyPrehashed } from '../crypto/ecdsaVerify.ts'
import { ed25519Verify } from '../crypto/ed25519Verify.ts'
import { secp256k1Recover } from '../crypto/secp256k1Recover.ts'
import { sr25519Verify, sr25519VerifyV1 } from '../crypto/sr25519Verify.ts'
import type { HostContext } from './hostContext.ts'
import { HostError } from './hostError.ts'
import { type HostFunction, hostFunction } from './hostFunction.ts'

type Verify = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean

const KEY_BYTES = { ed25519: 32, sr25519: 32, ecdsa: 33 } as const
type Scheme = keyof typeof KEY_BYTES

/** Signatures and keys (sp-io `crypto`). A signature comes first, with its fixed size. */
export const cryptoHostFunctions: readonly HostFunction[] = [
  verifyRow('ed25519_verify_version_1', 'ed25519', ed25519Verify),
  verifyRow('sr25519_verify_version_1', 'sr25519', sr25519VerifyV1),
  verifyRow('sr25519_verify_version_2', 'sr25519', sr25519Verify),
  verifyRow('ecdsa_verify_version_1', 'ecdsa', (s, m, k) => ecdsaVerify(s, m, k, { strict: false })),
  verifyRow('ecdsa_verify_version_2', 'ecdsa', (s, m, k) => ecdsaVerify(s, m, k, { strict: true })),
  crypto('ecdsa_verify_prehashed_version_1', 'ptr ptr ptr -> i32', (host, sp, mp, kp) =>
    verify(host, {
      kind: 'ecdsaPrehashed',
      check: ecdsaVerifyPrehashed,
      signature: host.bytes(sp, 65),
      message: host.bytes(mp, 32),
      publicKey: host.bytes(kp, 33),
    }),
  ),
  batchRow('ed25519_batch_verify_version_1', 'ed25519', ed25519Verify),
  batchRow('sr25519_batch_verify_version_1', 'sr25519', sr25519Verify),
  batchRow('ecdsa_batch_verify_version_1', 'ecdsa', (s, m, k) => ecdsaVerify(s, m, k, { strict: false })),
  crypto('start_batch_verify_version_1', '-> void', (host) => {
    if (host.batch !== null) throw new HostError('trap', 'a signature batch is already open')
    host.batch = true
  }),
  crypto('finish_batch_verify_version_1', '-> i32', (host) => {
    if (host.batch === null) throw new HostError('trap', 'no signature batch is open')
    const passed = host.batch
    host.batch = null
    return passed ? 1 : 0
  }),
  recoverRow('recover_version_1', { strict: false, compressed: false }),
  recoverRow('recover_version_2', { strict: true, compressed: false }),
  recoverRow('recover_compressed_version_1', { strict: false, compressed: true }),
  recoverRow('recover_compressed_version_2', { strict: true, compressed: true }),
  ...(['ed25519', 'sr25519', 'ecdsa'] as const).flatMap(keystoreRows),
  crypto('ecdsa_sign_prehashed_version_1', 'ptr ptr ptr -> ps', (host, ip, kp, mp) =>
    host.give(
      encodeOptionFixed(
        host.call.keystore.ecdsaSignPrehashed(keyType(host, ip), host.bytes(kp, 33), host.bytes(mp, 32)),
      ),
    ),
  ),
]

function crypto(method: string, signature: string, run: HostFunction['run']): HostFunction {
  return hostFunction(`ext_crypto_${method}`, signature, run)
}

function verifyRow(method: string, scheme: Scheme, check: Verify): HostFunction {
  return crypto(method, 'ptr ps ptr -> i32', (host, sp, mp, ml, kp) =>
    verify(host, {
      kind: method,
      check,
      signature: host.bytes(sp, scheme === 'ecdsa' ? 65 : 64),
      message: host.bytes(mp, ml),
      publicKey: host.bytes(kp, KEY_BYTES[scheme]),
    }),
  )
}

/** Verified at once; an open batch keeps whether all passed. */
function batchRow(method: string, scheme: Scheme, check: Verify): HostFunction {
  const row = verifyRow(method, scheme, check)
  return {
    ...row,
    run: (host, ...args) => {
      const passed = row.run(host, ...args)
      if (host.batch !== null && passed === 0) host.batch = false
      return passed
    },
  }
}

interface Verification {
  readonly kind: string
  readonly check: Verify
  readonly signature: Uint8Array
  readonly message: Uint8Array
  readonly publicKey: Uint8Array
}

/** PERF: 3 to 7 ms a real check, so answers are kept by (kind, signature, message, key). */
function verify(host: HostContext, { kind, check, signature, message, publicKey }: Verification): number {
  if (host.call.signatures === 'accept') return 1
  const cache = host.services.verifications
  const parts = [signature, message, publicKey]
  const known = cache.get(kind, parts)
  if (known !== undefined) return known ? 1 : 0
  const passed = check(signature, message, publicKey)
  cache.put(kind, parts, passed)
  return passed ? 1 : 0
}

function recoverRow(method: string, options: { strict: boolean; compressed: boolean }): HostFunction {
  return crypto(`secp256k1_ecdsa_${method}`, 'ptr ptr -> ps', (host, sp, mp) => {
    const result = secp256k1Recover(host.bytes(sp, 65), host.bytes(mp, 32), options)
    return host.give(
      result.kind === 'ok'
        ? concatBytes(new Uint8Array([0]), result.publicKey)
        : new Uint8Array([1, result.code]),
    )
  })
}

function keystoreRows(scheme: Scheme): HostFunction[] {
  return [
    crypto(`${scheme}_public_keys_version_1`, 'ptr -> ps', (host, ip) => {
      const keys = host.call.keystore.publicKeys(scheme, keyType(host, ip))
      return host.give(concatBytes(encodeCompact(keys.length), ...keys))
    }),
    crypto(`${scheme}_generate_version_1`, 'ptr ps -> ptr', (host, ip, sp, sl) => {
      const publicKey = host.call.keystore.generate(scheme, keyType(host, ip), seedOf(host.bytes(sp, sl)))
      if (publicKey === null) throw new HostError('trap', `${scheme}_generate: the seed phrase is malformed`)
      return host.givePointer(publicKey)
    }),
    crypto(`${scheme}_sign_version_1`, 'ptr ptr ps -> ps', (host, ip, kp, mp, ml) => {
      const publicKey = host.bytes(kp, KEY_BYTES[scheme])
      const signature = host.call.keystore.sign(scheme, keyType(host, ip), publicKey, host.bytes(mp, ml))
      return host.give(encodeOptionFixed(signature))
    }),
  ]
}

function keyType(host: HostContext, pointer: number): string {
  return host.key(pointer, 4)
}

/** `Option<Vec<u8>>` of a phrase. */
function seedOf(encoded: Uint8Array): Uint8Array | null {
  if (encoded[0] === 0) return null
  const phrase = encoded[0] === 1 ? decodeBytes(encoded, 1) : null
  if (phrase === null) throw new HostError('trap', 'malformed seed in a generate host call')
  return phrase.value
}

/** `Option` of a fixed-size array, which has no length prefix. */
function encodeOptionFixed(bytes: Uint8Array | null): Uint8Array {
  return bytes === null ? encodeOptionBytes(null) : concatBytes(new Uint8Array([1]), bytes)
}

import { isUtf8 } from 'node:buffer'
import { bytesToHex } from '../../base/bytes.ts'
import type { Overlay } from '../../state/overlay.ts'
import type { StorageKey } from '../../state/stateView.ts'
import type { NodeHasher } from '../../state/trie/nodeHasher.ts'
import type { BlsHostCalls } from '../crypto/bls/bls12381HostCalls.ts'
import type { Keystore } from '../crypto/keystore.ts'
import type { VerificationCache } from '../crypto/verificationCache.ts'
import type { CallPoint, DeniedHostCall, RuntimeLog, SignatureMode } from '../executor.ts'
import { HostError } from './hostError.ts'
import type { KeyPredictor } from './keyPredictor.ts'
import { ValuePool } from './valuePool.ts'

/** What host functions need of the guest's allocator, which lives in the helper wasm (`v8/hostCoreWat.ts`). */
export interface GuestAllocator {
  malloc(sizeBytes: number): number
  free(pointer: number): void
  /** Allocates `Some` of so many bytes as a `ps` result, with all but the bytes themselves written; they come last. */
  giveSome(lengthBytes: number): number
  /** Leaves the length of a `ps` result for the shim that called. */
  setLength(length: number): void
}

/** What stays the same over all calls of an executor. */
export interface HostServices {
  readonly verifications: VerificationCache<boolean>
  /** Answers of expensive pure host calls, such as pairings; null for a failed one. */
  readonly pureCalls: VerificationCache<Uint8Array | null>
  readonly keys: KeyPredictor
  readonly trieHashers: Readonly<Record<'blake2' | 'keccak', NodeHasher>>
  /** SCALE `RuntimeVersion` of another blob, for `misc_runtime_version`; null when it has none. */
  runtimeVersion(code: Uint8Array): Uint8Array | null
}

/** What one call may differ in. */
export interface HostCall {
  readonly overlay: Overlay
  /** Empty at first, so that a call's outcome does not depend on calls before it. */
  readonly keystore: Keystore
  readonly signatures: SignatureMode
  /** 0 off … 5 trace. */
  readonly maxLogLevel: number
  /** In an instance that no call has used, which is thrown away after. */
  readonly freshInstance: boolean
  /** Byte to fill the heap with first; null: leave it zeroed. */
  readonly heapFill: number | null
  /** Answered by `storage_root` in place of the real root; null: compute it. */
  readonly assumedStateRoot: Uint8Array | null
  /** What `storage_proof_size` answers; u64::MAX says that no proof is recorded. */
  readonly storageProofSize: bigint
  /** How far the call has got, for each log line; null: lines do not say. */
  readonly point: (() => CallPoint) | null
}

const ERROR_LEVEL = 1
const MAX_LOGS = 10_000
const MAX_LOG_CHARACTERS = 16 * 1024 * 1024
/** Of one message. A runtime may log all of its memory; what people are to read goes through reports, and terminals. */
const MAX_MESSAGE_BYTES = 64 * 1024
/** What a call may write in all; far above any block's, and below what would take the machine down. */
const MAX_WRITTEN_BYTES = 2 ** 30

// SAFETY: Node's Buffer has had these since v0.x; the typings leave them out.
type KeyBuffer = Buffer & {
  latin1Slice(start: number, end: number): string
  latin1Write(text: string, offset: number): number
}

/**
 * The guest's memory and the call that is under way, as host functions see them.
 *
 * PERF: a call that allocates may grow the memory and detach every view; `u8.length === 0` tells in 4 ns, where comparing
 * `memory.buffer` takes 60 ns.
 */
export class HostContext {
  readonly services: HostServices
  readonly memory: WebAssembly.Memory
  /** The generation of BLS12-381 calls that the runtime was built for. */
  readonly blsCalls: BlsHostCalls
  logs: RuntimeLog[] = []
  denied: DeniedHostCall[] = []
  /** Message of the panic handler, when the runtime uses it. */
  abortMessage: string | null = null
  /** Result of the open signature batch; null when none is open. */
  batch: boolean | null = null
  #logCharacters = 0
  #call: HostCall | null = null
  #allocator: GuestAllocator | null = null
  readonly #values = new ValuePool()
  #u8: Uint8Array
  #keys: KeyBuffer
  #data: DataView
  #words: Int32Array

  constructor(memory: WebAssembly.Memory, services: HostServices, blsCalls: BlsHostCalls) {
    this.memory = memory
    this.services = services
    this.blsCalls = blsCalls
    this.#u8 = new Uint8Array(memory.buffer)
    this.#keys = Buffer.from(memory.buffer) as KeyBuffer
    this.#data = new DataView(memory.buffer)
    this.#words = new Int32Array(memory.buffer)
  }

  attachAllocator(allocator: GuestAllocator): void {
    this.#allocator = allocator
  }

  begin(call: HostCall): void {
    this.#call = call
    this.services.keys.begin()
    this.logs = []
    this.#logCharacters = 0
    this.denied = []
    this.abortMessage = null
    this.batch = null
  }

  end(): void {
    this.#call = null
  }

  /** Throws when no call is under way: a start function or our own bug. */
  get call(): HostCall {
    if (this.#call === null) throw new HostError('trap', 'a host function was called outside a runtime call')
    return this.#call
  }

  get overlay(): Overlay {
    return this.call.overlay
  }

  /** All of the guest's memory; valid until the next allocation. */
  get u8(): Uint8Array {
    if (this.#u8.length === 0) {
      this.#u8 = new Uint8Array(this.memory.buffer)
      this.#keys = Buffer.from(this.memory.buffer) as KeyBuffer
      this.#data = new DataView(this.memory.buffer)
      this.#words = new Int32Array(this.memory.buffer)
    }
    return this.#u8
  }

  /** The guest's bytes without a copy; valid until the next allocation. An empty range may have any pointer. */
  view(pointer: number, length: number): Uint8Array {
    const start = pointer >>> 0
    const size = length >>> 0
    if (size === 0) return new Uint8Array(0)
    const u8 = this.u8
    if (start + size > u8.length) throw outOfBounds(start, size, u8.length)
    return u8.subarray(start, start + size)
  }

  /** The guest's bytes, copied. */
  bytes(pointer: number, length: number): Uint8Array {
    return this.view(pointer, length).slice()
  }

  /** The guest's bytes as a value to be stored: copied, see `ValuePool`. */
  value(pointer: number, length: number): Uint8Array {
    const start = pointer >>> 0
    const size = length >>> 0
    if (size === 0) return new Uint8Array(0)
    const u8 = this.u8
    if (start + size > u8.length) throw outOfBounds(start, size, u8.length)
    return this.#values.copy(u8, start, start + size)
  }

  /** As `key`, for keys that come in much the same order again and again: see `KeyPredictor`. */
  storageKey(pointer: number, length: number): StorageKey {
    const start = pointer >>> 0
    void this.u8
    const expected = this.services.keys.take(this.#words, start, length)
    return expected ?? this.services.keys.note(this.key(pointer, length))
  }

  /** The guest's bytes as a storage key. */
  key(pointer: number, length: number): string {
    const start = pointer >>> 0
    const size = length >>> 0
    if (size === 0) return ''
    if (start + size > this.u8.length) throw outOfBounds(start, size, this.#u8.length)
    return this.#keys.latin1Slice(start, start + size)
  }

  /** The guest's UTF-8 for people to read: replaced where it is none, and cut where it is very long. */
  text(pointer: number, length: number): string {
    return readable(this.view(pointer, length), (part) => Buffer.from(part).toString('utf8'))
  }

  /** A `&str`, as `text`: traps where it is not UTF-8, as a node does. */
  str(pointer: number, length: number): string {
    if (!isUtf8(this.view(pointer, length)))
      throw new HostError('trap', 'a host call was given text that is not UTF-8')
    return this.text(pointer, length)
  }

  /** The guest's bytes as hex, for people to read. */
  hex(pointer: number, length: number): string {
    return readable(this.view(pointer, length), bytesToHex)
  }

  /** Allocates, copies, and returns the pointer of a `ptr` result. */
  givePointer(bytes: Uint8Array): number {
    const pointer = this.#allocate(bytes.length)
    this.u8.set(bytes, pointer)
    return pointer
  }

  /** Allocates, copies, and returns the pointer of a `ps` result whose length the shim adds. */
  give(bytes: Uint8Array): number {
    const pointer = this.givePointer(bytes)
    this.#setLength(bytes.length)
    return pointer
  }

  /** `Option<Vec<u8>>` as a `ps` result, without an intermediate array. */
  giveOption(bytes: Uint8Array | null): number {
    if (bytes === null) return this.#giveByte(0)
    const pointer = this.#giveSome(bytes.length)
    this.u8.set(bytes, pointer + someHeadBytes(bytes.length))
    return pointer
  }

  /** `giveOption` of a storage key. PERF: written straight into the guest's memory, 0.1 us instead of 0.4. */
  giveOptionKey(key: StorageKey | null): number {
    if (key === null) return this.#giveByte(0)
    const pointer = this.#giveSome(key.length)
    this.#latin1.latin1Write(key, pointer + someHeadBytes(key.length))
    return pointer
  }

  /** `Option<u32>` as a `ps` result. */
  giveOptionU32(value: number | null): number {
    if (value === null) return this.#giveByte(0)
    return this.giveTagged(1, value)
  }

  /** A tag byte and a u32 as a `ps` result: `Option<u32>`, `KillStorageResult`. */
  giveTagged(tag: number, value: number): number {
    const pointer = this.#allocate(5)
    this.u8[pointer] = tag
    this.#data.setUint32(pointer + 1, value, true)
    this.#setLength(5)
    return pointer
  }

  malloc(sizeBytes: number): number {
    return this.#allocate(sizeBytes)
  }

  /** What comes after too much is dropped, but for the last error: it may say why the runtime panics. */
  log(level: number, target: string, message: string): void {
    if (this.logs.length < MAX_LOGS && this.#logCharacters < MAX_LOG_CHARACTERS) {
      this.#logCharacters += target.length + message.length
      const at = this.#call?.point?.()
      this.logs.push(at === undefined ? { level, target, message } : { level, target, message, at })
    } else if (level === ERROR_LEVEL) this.logs.splice(-1, 1, { level, target, message })
  }

  /** Ends a call that writes without end: what it has written stays in memory until it returns. */
  checkWritten(): void {
    const { writtenBytes } = this.overlay.counters
    if (writtenBytes > MAX_WRITTEN_BYTES) {
      throw new HostError('memory', `the call wrote more than ${MAX_WRITTEN_BYTES} bytes to storage`)
    }
  }

  /** Records that the runtime asked for the outside world, and says no. */
  deny(name: string): void {
    if (this.denied.length < MAX_LOGS) this.denied.push({ name })
  }

  /** The guest's memory as text of a character a byte; valid as long as `u8`, which renews it. */
  get #latin1(): KeyBuffer {
    void this.u8
    return this.#keys
  }

  #giveSome(lengthBytes: number): number {
    return this.#heap().giveSome(lengthBytes) >>> 0
  }

  #giveByte(byte: number): number {
    const pointer = this.#allocate(1)
    this.u8[pointer] = byte
    this.#setLength(1)
    return pointer
  }

  #allocate(sizeBytes: number): number {
    return this.#heap().malloc(sizeBytes) >>> 0
  }

  #heap(): GuestAllocator {
    if (this.#allocator !== null) return this.#allocator
    throw new HostError('trap', 'an allocation was made before the heap was set up')
  }

  #setLength(length: number): void {
    this.#allocator?.setLength(length)
  }
}

/** What comes before the bytes in `Some` of them: the tag and the length. */
function someHeadBytes(length: number): number {
  return length < 64 ? 2 : length < 16_384 ? 3 : 5
}

function readable(bytes: Uint8Array, write: (part: Uint8Array) => string): string {
  const more = bytes.length - MAX_MESSAGE_BYTES
  if (more <= 0) return write(bytes)
  return `${write(bytes.subarray(0, MAX_MESSAGE_BYTES))}... (${more} more bytes)`
}

function outOfBounds(start: number, size: number, memoryBytes: number): HostError {
  return new HostError(
    'trap',
    `host call with bytes ${start}+${size} outside the memory of ${memoryBytes} bytes`,
  )
}

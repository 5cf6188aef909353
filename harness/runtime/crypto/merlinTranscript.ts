import { keccakP } from '@noble/hashes/sha3.js'
import { utf8ToBytes } from '../../base/bytes.ts'

/** Bytes of the Keccak state that Strobe-128 uses for data: the rate of 168 less two for framing. */
const RATE = 166
const STATE_BYTES = 200
const FLAG_I = 1
const FLAG_A = 2
const FLAG_C = 4
const FLAG_M = 16
const STATE_HEADER = new Uint8Array([1, RATE + 2, 1, 0, 1, 96])

/**
 * The public half of a Merlin transcript (Strobe-128 over Keccak-f[1600]): absorb labeled messages, squeeze challenges.
 * Enough to verify schnorrkel signatures.
 *
 * @see https://merlin.cool, https://strobe.sourceforge.io/specs/
 */
export interface MerlinTranscript {
  append(label: string, message: Uint8Array): void
  /** `length` bytes that depend on all that was appended and squeezed before. */
  challenge(label: string, length: number): Uint8Array
}

/** A transcript of the protocol `label`. */
export function createMerlinTranscript(label: string): MerlinTranscript {
  const strobe = new Strobe('Merlin v1.0')
  const frame = (name: string, length: number): void => {
    strobe.begin(FLAG_M | FLAG_A)
    strobe.absorb(utf8ToBytes(name))
    strobe.absorb(littleEndian32(length))
  }
  const append = (name: string, message: Uint8Array): void => {
    frame(name, message.length)
    strobe.begin(FLAG_A)
    strobe.absorb(message)
  }
  append('dom-sep', utf8ToBytes(label))
  return {
    append,
    challenge: (name, length) => {
      frame(name, length)
      strobe.begin(FLAG_I | FLAG_A | FLAG_C)
      return strobe.squeeze(length)
    },
  }
}

class Strobe {
  readonly #state = new Uint8Array(STATE_BYTES)
  readonly #words = new Uint32Array(this.#state.buffer)
  #position = 0
  #begin = 0

  constructor(protocol: string) {
    this.#state.set(STATE_HEADER)
    this.#state.set(utf8ToBytes('STROBEv1.0.2'), STATE_HEADER.length)
    keccakP(this.#words)
    this.begin(FLAG_M | FLAG_A)
    this.absorb(utf8ToBytes(protocol))
  }

  begin(flags: number): void {
    const previous = this.#begin
    this.#begin = this.#position + 1
    this.absorb(new Uint8Array([previous, flags]))
    if ((flags & FLAG_C) !== 0 && this.#position !== 0) this.#permute()
  }

  absorb(data: Uint8Array): void {
    for (const byte of data) {
      this.#xor(this.#position++, byte)
      if (this.#position === RATE) this.#permute()
    }
  }

  squeeze(length: number): Uint8Array {
    const out = new Uint8Array(length)
    for (let i = 0; i < length; i++) {
      out[i] = this.#state[this.#position] ?? 0
      this.#state[this.#position++] = 0
      if (this.#position === RATE) this.#permute()
    }
    return out
  }

  #permute(): void {
    this.#xor(this.#position, this.#begin)
    this.#xor(this.#position + 1, 0x04)
    this.#xor(RATE + 1, 0x80)
    keccakP(this.#words)
    this.#position = 0
    this.#begin = 0
  }

  #xor(index: number, byte: number): void {
    this.#state[index] = (this.#state[index] ?? 0) ^ byte
  }
}

function littleEndian32(value: number): Uint8Array {
  return new Uint8Array([value, value >>> 8, value >>> 16, value >>> 24])
}

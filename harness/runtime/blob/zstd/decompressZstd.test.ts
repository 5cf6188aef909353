import fc from 'fast-check'
import { decompress } from 'fzstd'
import { describe, expect, it } from 'vitest'
import { concatBytes, hexToBytes, utf8ToBytes } from '../../../base/bytes.ts'
import { DrydockError } from '../../../base/errors.ts'
import { decompressZstd } from './decompressZstd.ts'

const LIMIT = { limitBytes: 1 << 20, onLimit: () => new RangeError('past the limit') }
const WORDS =
  'the runtime panicked at block with index out of bounds while epoch ran over weights of subnet'.split(' ')

function generator(seed: number): () => number {
  let state = BigInt(seed)
  return () => {
    state = (state * 1103515245n + 12345n) % 2n ** 31n
    return Number(state >> 8n)
  }
}

function words(count: number, seed: number): Uint8Array {
  const next = generator(seed)
  return utf8ToBytes(
    Array.from({ length: count }, () => `${WORDS[next() % WORDS.length]}${next() % 50}`).join(' '),
  )
}

function skewed(count: number, seed: number): Uint8Array {
  const next = generator(seed)
  return Uint8Array.from({ length: count }, () => (next() % 4) * (next() % 4) * (next() % 3))
}

function repeated(bytes: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => bytes[i % bytes.length] ?? 0)
}

/** Written by the reference encoder, zstd 1.5.4. */
const FRAMES: readonly (readonly [name: string, content: Uint8Array, frame: string])[] = [
  // biome-ignore format: one frame a line
  ['words, level 1', words(300, 1), 'KLUv/QBIZRwAVnmJG4AlcQOPRJJA8sdAwmg7AmEGO3tSi+zD4iR2GokAfQB9AL/DVX1Sju2Bb3BVn6jqqj4SNZj4BWAFCMtAhheYO7DaaOwkV/WxaDd+cYrAhn2hqHodL+f0BAhcGBxxVZ8gAYDRePDsxie3qk+k6nW8YCZ+QSK78Qle4pvrNQaN4ITqdfwMxH4IWgWsPZ5EwQIY60UVgQ37gwZiL1KAwIXBC1QENuyJql7HFRMHJ8j2wFc1ELvmqn7m6W1hqePlVK/jmI2OiW/ydOMX3RiPJv45TfxSMvFPql7HXYHX6OYSP/XSQOyqadJA7CaLRldNvVV9gqv6p4l/BmJHQlf1Mdke+NeNbxBTEdiwR7YH/sEiUTXxi3bjH9sDvyDajX/OQOx43fgnG11Vu3EnDMReXJ5T1es4ph5moxNs9MuS5oom/uWq/ukxuapPrhv/3BaWImiggltY6sBGP2z0OzQQe6qu6hdM/KMEu/FLJv4xiol/Ul7ia6ObY3vgXxba6CUTP4kmfmY3vsnEaiB2oqScJv65THyDqtdx1YOq1/Fb1T9qNI/tgV+uUYmKwIZ9uW78c7mqn5qa3fiEwEa4haWOF4iNfnjnTOIftgd+wUv8o5f4JrvxL43qdQgQuDB4poHYiWR74J8aiJ3YwlLHU9ke+FqwAMY6EuzGT0x81cQ/SjIx8bMbPzXxiUl8gpr4SWA3PqF6HScnQODCoKzqXzc+mvgGU4kriqs6gKKowTBIjGJqJpgZiaHUASBCYgxjaQcQEEKklDUGtkd3U0MEgMjydBulWMbI8FrGZlJKLXgkS7nPUkZiMjQWUY5j4/PlHRsIuxVbOu5NLtimtkM0TUSqjbKZyHo5x5ErNjthjXlcdwnMIikcC2KfifimU+uocv1QBDMBFeabJL6qHI0mhKKHBSNNkjSbLgPoYEydwMg3X8DO+bjYsFgttSOP64UUN3xFXgHhXkuQLUUdRk9sVn84ikkndgrf6FSHGCPIXEY6T/Wz/TeNDPWoQCKYeI344ar+auEVKY15K853BwFyRfDmKiJwe1wzE1PJIRjcZybdUX8VHoZgfp/AGMj9ko4Xde4lV3RP8BQQtDN2UJ/1AZ0hGto3lZkQpBr7E6h51vMY9BIRx1mkvlk6nO21ewtKsmJextUzSJtRUiJbsA55vwxMRaWxw/goNK6+gicUhcQpyJDFV58QGj5S3h/ElCo='],
  // biome-ignore format: one frame a line
  ['words, level 19', words(300, 1), 'KLUv/QBoVRcANlU1GYBLc8AQSmzThjYyX1AUB0ubyJTypTeicgE4AC8AKAABQ4Y0VKO6MRZzJWExiY0pAcbCHK5FQwoJcxifBxsoiUFfVQAKo2wQLIeAUUUES4KZO9ISh3kJSyePX3dVub+6l8sNYH4SUcEa/X9PHTCDIFEACaNqhkiawlCYc9EV38WzvS4GCmMJZ0vWN+rViSWYp6rPvUOk/9WVbnT9bZ7skCBodR0tk6pMNH8nJ1vdAb7v/r3TqpKLqSSdbPP4b63+s+10tc+5hVLrY/Sj6MWedRNiMhUfgRqoUWEtSFKQwrBnQQgB4ThMqg8hIJFpCmsYAxeFmN4W0H3b2AjiesUDLxsVbbl5pY+bzUr4mjKmUo8jkGDpEIr6uhmiawMfFDxa3C+UMo6NbrJ7PZ7zoc1Zmr6diIXYVm6ToNi9N6YMwmBCJEdK6iu4eVNWlozTZVt/C65QfA/jRHPXGmCD/Sj5Ctj/GwHO9kzTDwEL+ahRHN/PXOE/RLo518OhrMKMcQ/PTnYyKiEog6pHliSijyvcbHvFdnCmH5NUOhncAHaYb7vQsiMvvrTU1Sf19xfmviXWOtdyS5wnaOV97GdyEc/UmjfDeH0KVguOVeljyeL4VSDR3gbKWCrB7GMJrsic4TBfOqUf7l8aLevlUkUvPXaEESVfx69t4x1WiQ+Vr135ileOll0VaOFuad3BgU9BtVlWRFPEEWedZ4inyCFBvEZ8YThnILFlT/C/eOA5Mi8LKdtQuoijMAHwIv+Ke7eJDnj0rLIJ/fkXsEXi/9A9H9A/uPDAc/sVQQURNFyz0WfUhdCO9ypMg6sM2UzNRMlO2Seth3NnByfRj76cYfuebgzMs+9kChT+4uIFnWhA5XpLVcbfwIAlXOUUP1kGyRmQa4PMErUHakEuoRQ012JMEAgH8iHhEvoY+u74l+1DISnl6A0UTmQrWl5CvAV6GjsfzXlu6SLSH/X/waeDc2NfCQuHkiBK9mkSuao='],
  // biome-ignore format: one frame a line
  ['words with checksum and size', words(120, 2), 'KLUv/QRoHQsAog4oF4BtDkBwjC07/B1CKMo59GRLKV3aJqRAL+BiTXvFzNp75lbcqtyL8aryWv2qp9X9LmAxxbZfwO/3q3j1LuNOXwfOrvgFTH6BQpkZb2LtAmbad0eNeE77iA7KfkvcAWVqZICJkOztiJkYSB3bE5wmv01x8TlMqscgVUcHZvcxwKXlOS13QzwHCrk4Bnlu4mG4BmUv0ZDBvWBJPdMemMAWMGKoMWk6qGQ/5iBEYBBz6QEgTCm7ag215EEKn8IWlPxWU5eoTVmsacFI2qP0PeEwkzMloHoxtP9ZY/y/TWKf5yjfS04f8tGT8YjdTvTuESB2DOYYR5NAsqnI/pUapk2pVWCJlRuvgURcw4gapO2xSDK5+JUsIFE77QGz+nktPETB6maAhFR3ZrLpHxgTAZQZd4e/kusCQZ4PcGNdQvSzJNd7g8MZtl0So7D5i0cBFT8+0jz87J+T0g8YaM9MmqdUAain6Ek='],
  // biome-ignore format: one frame a line
  ['literals in one Huffman stream', skewed(180, 3), 'KLUv/QBIPQIA0ggNCBCnawBdmlAKE52CDVtSvKPkrXR+QPXy4j6wOdXX0wjHkqqB6mC7HHFj/oCb7JH2FbR2BgYAIGOCI2dRudZJChy2gBY='],
  // biome-ignore format: one frame a line
  ['literals in four Huffman streams', skewed(900, 4), 'KLUv/QBIfQkA9mAskWJDMDARADAAACUAKAArAOeTi76GZcFybS0n3hyJU5j2afvz+5IDXtn6LJ40+DIeRpklyOtEw+dH5hOJEZ+BQiueBvKSno4TZoQGHk9TLtMzWA4M7oE1PEWHvGQK84DogRgKoYGz994b5+KB53Z5Tyq4wMcOfctgmyJVYSoOGHObuOU+U8JJLK9AeqyDo+TEhBnm7Sxaqgn5wblyJZzDhfaecveJDPMqwGdzeuaThq8FMyCgIhmp8wEezOWQYH2IgyIMwhQNyCpsRAoBkRbAz2THT+ZvkWq+AQVEKiSV2+CAOWKOPKA730rgAoaRzsSznSfrEZdPwh+EO5k6LdgkCIB4GQniDGaD2T6KxPdzbiSpafNNLiPVrMU4N+u9hq3T94sgwBUlO4TXsucE'],
  // biome-ignore format: one frame a line
  ['several blocks of a long repetition', repeated(words(60, 5), 400_000), 'KLUv/QBYfAcAMs0lG4ClbQMWv9sGaRGRNJp8TBOyllk3iexhcRI7DYetsKsiRNgLXdvQ9d7gQOBphV3RwcYC7IgI+5BGkSIdrnkZSvJzBXLqxKNJp4Hi5ai9L+4U5ji1uUtUgoAVjFMCs/eIa9uJ5NQ/A3ws9cTkWAoznomwm0PYE1Or5WdtO1JOfXO9H1QZQPVS2o9yQaXleQcTBGptwInrDSEgMELCIOwBUv6uZb62YyeJ4UPEwRormHnK1iBHmJzVZFN7TYhE95LSUGRMbDABK4nHMnSgZbySfcv3O9hyPP/RIpDGUXaYxN2G5dgBQBhsb6Xc+QRMAAAIMgEA/P85EAJMAAAIIAEA/P85EAJFAAAINQEAfNoDIQ=='],
]

const frameOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))

/** One block of 33,000 matches of 131,074 bytes each: four gigabytes that a decoder may try to write. */
function matchBomb(): Uint8Array {
  const bits = new Uint8Array(33_000 * 2 + 1).fill(0xff)
  bits[bits.length - 1] = 1
  const count = 33_000 - 0x7f00
  // No literals; after a raw block, each match repeats the second last offset, 4.
  const block = concatBytes(new Uint8Array([0, 255, count & 0xff, count >> 8, 0x54, 0, 0, 52]), bits)
  const header = (block.length << 3) | 5
  return concatBytes(
    hexToBytes('28b52ffd0058'),
    hexToBytes('20000001020304'),
    new Uint8Array([header & 0xff, (header >> 8) & 0xff, header >> 16]),
    block,
  )
}

describe('decompressZstd', () => {
  it.each(FRAMES)('reads %s', (_, content, frame) => {
    const output = decompressZstd(frameOf(frame), LIMIT)
    expect(Buffer.compare(output, content)).toBe(0)
    expect(Buffer.compare(decompress(frameOf(frame)), output)).toBe(0)
  })

  it('reads frames one after another, and skips skippable ones', () => {
    const [one, two] = [FRAMES[0], FRAMES[3]]
    if (one === undefined || two === undefined) throw new Error('no frames')
    const skippable = hexToBytes('5a2a4d1803000000aabbcc')
    const output = decompressZstd(concatBytes(frameOf(one[2]), skippable, frameOf(two[2])), LIMIT)
    expect(Buffer.compare(output, concatBytes(one[1], two[1]))).toBe(0)
  })

  it('refuses every cut', () => {
    for (const [name, , base64] of FRAMES) {
      const frame = frameOf(base64)
      for (let length = 0; length < frame.length; length += 7) {
        expect(() => decompressZstd(frame.subarray(0, length), LIMIT), `${name} ${length}`).toThrow(
          DrydockError,
        )
      }
    }
  })

  it('throws nothing but DrydockError or the limit on damaged frames, and ends', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FRAMES.slice(0, -1)),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ([, , base64], at, mask) => {
          const frame = frameOf(base64)
          frame[at % frame.length] = (frame[at % frame.length] ?? 0) ^ mask
          try {
            decompressZstd(frame, LIMIT)
          } catch (error) {
            expect(error instanceof DrydockError || error instanceof RangeError).toBe(true)
          }
        },
      ),
      { seed: 1, numRuns: 1500 },
    )
  })

  it('holds each block to 128 KiB, so that matches cannot make a bomb', () => {
    const start = performance.now()
    expect(() => decompressZstd(matchBomb(), LIMIT)).toThrow(/a block gives more than its frame allows/)
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it('stops at the limit', () => {
    const last = FRAMES.at(-1)
    if (last === undefined) throw new Error('no frames')
    const options = { ...LIMIT, limitBytes: last[1].length - 1 }
    expect(() => decompressZstd(frameOf(last[2]), options)).toThrow('past the limit')
    expect(decompressZstd(frameOf(last[2]), { ...LIMIT, limitBytes: last[1].length })).toHaveLength(400_000)
  })

  it.each([
    ['a reserved block type', '28b52ffd0058070000', /reserved type/],
    ['a reserved bit', '28b52ffd0858010000', /reserved bit/],
    ['a dictionary', '28b52ffd015807010000', /dictionary/],
    ['a window of 256 MiB', '28b52ffd0090010000', /window of 268435456/],
    ['a block above its window', '28b52ffd0000f9ff00', /a block claims 8191 bytes, limit 1024/],
    ['another size than it says', '28b52ffd2005010000', /says it holds 5 bytes, it holds 0/],
    ['other bytes', '0102030405', /starts no frame/],
  ])('refuses %s', (_, hex, message) => {
    expect(() => decompressZstd(hexToBytes(hex), LIMIT)).toThrow(message)
  })
})

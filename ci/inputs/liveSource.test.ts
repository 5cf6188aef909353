import { describe, expect, it } from 'vitest'
import { nodeCachePath, parseLiveSource } from './liveSource.ts'

const HASH = `0x${'Ab'.repeat(32)}`

describe('a live chain as --fork names it', () => {
  it('takes names and endpoints, with a block by height or hash', () => {
    expect(parseLiveSource('finney@5611600')).toMatchObject({
      block: 5611600,
      genesisHash: expect.any(String),
    })
    expect(parseLiveSource('wss://a,https://b')).toEqual({
      urls: ['wss://a', 'https://b'],
      genesisHash: null,
      block: 'finalized',
    })
    expect(parseLiveSource(`ws://user:pass@127.0.0.1:9944@${HASH}`)).toEqual({
      urls: ['ws://user:pass@127.0.0.1:9944'],
      genesisHash: null,
      block: HASH.toLowerCase(),
    })
  })

  it('leaves files alone', () => {
    for (const text of ['finney.json', './finney', 'wss://a,finney.json', 'demo', '']) {
      expect(parseLiveSource(text)).toBeNull()
    }
  })

  it('keeps nodes in the cache folder of the user', () => {
    expect(nodeCachePath({ XDG_CACHE_HOME: '/x' })).toBe('/x/drydock/nodes')
    expect(nodeCachePath({ XDG_CACHE_HOME: '' })).toMatch(/\.cache\/drydock\/nodes$/)
  })
})

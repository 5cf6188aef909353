import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCompact } from '../codec/scale.ts'
import { AppendList } from './appendList.ts'
import { APPEND_CASES, APPEND_ITEM } from './appendTable.testkit.ts'

describe('AppendList', () => {
  it.each(APPEND_CASES)('appends to $why', ({ before, after }) => {
    expect(AppendList.from(before).append(APPEND_ITEM).toBytes()).toEqual(after)
  })

  it('starts anew when the count can go no further', () => {
    const full = AppendList.from(new Uint8Array([3, 0xfe, 0xff, 0xff, 0xff])).append(APPEND_ITEM)
    expect(full.toBytes()).toEqual(new Uint8Array([3, 0xff, 0xff, 0xff, 0xff, 0xaa]))
    expect(full.append(APPEND_ITEM).toBytes()).toEqual(new Uint8Array([4, 0xaa]))
  })

  it('keeps every version as it was, whichever versions are appended to', () => {
    const items = fc.uint8Array({ maxLength: 300 })
    const scripts = fc.array(fc.tuple(fc.nat(), items), { maxLength: 40 })
    fc.assert(
      fc.property(scripts, (script) => {
        const versions = [{ list: AppendList.from(null), items: [] as number[][] }]
        for (const [which, item] of script) {
          const from = versions[which % versions.length]
          if (from === undefined) continue
          versions.push({ list: from.list.append(item), items: [...from.items, [...item]] })
        }
        for (const version of versions) {
          const encoded = [...encodeCompact(version.items.length), ...version.items.flat()]
          expect([...version.list.toBytes()]).toEqual(encoded)
        }
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  it('does not change the value that it was read from', () => {
    const value = new Uint8Array([4, 0x11])
    const list = AppendList.from(value)
    list.append(APPEND_ITEM)
    expect(list.toBytes()).toEqual(value)
    expect(value).toEqual(new Uint8Array([4, 0x11]))
  })
})

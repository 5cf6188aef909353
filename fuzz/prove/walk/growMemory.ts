import { mergeRegions, type Site } from '../regions/index.ts'
import { isTerm, type Value } from '../terms/index.ts'
import type { State } from './state.ts'
import type { Walker } from './walker.ts'

const PAGE_BYTES = 65_536
const FAILED = 0xffff_ffff

/** `memory.grow`: the pages there were, or -1 when there is no room. New pages are the module's own, and zero. */
export function growMemory(walker: Walker, site: Site, state: State, by: Value): Value {
  site.isReached = true
  const bounds = walker.refiner.boundsOf(by, state.facts)
  if (isTerm(by)) {
    walker.alarm(site, 'memory grows by a value', state, { condition: 1, isCertain: false })
  }
  const before = state.pages
  const wanted = before + bounds.high
  const most = Math.min(walker.options.maxPages, walker.program.memory.maxPages)
  if (wanted > most) {
    walker.refusedPages = Math.max(walker.refusedPages, wanted)
    return FAILED
  }
  walker.peakPages = Math.max(walker.peakPages, wanted)
  if (bounds.high === 0) return before
  state.pages = wanted
  const name = 'memory that the module grew'
  const grown = {
    name,
    start: before * PAGE_BYTES,
    end: wanted * PAGE_BYTES,
    isReadable: true,
    isWritable: true,
  }
  state.regions = mergeRegions([...state.regions, grown])
  return before
}

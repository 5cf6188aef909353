import type { Program } from '../decode/index.ts'
import type { Alarm, AlarmKind } from '../regions/index.ts'
import { describeShape, type ProofShape, type ShapeWalk, walkShape } from '../shapes/index.ts'
import type { WalkOptions } from '../walk/index.ts'
import type { FamilyProof, OpenAlarm, SiteDecision } from './proofResult.ts'
import type { ShapeFamily } from './shapeFamilies.ts'

/** Closes alarms that bounds left open on one shape; gives those that stay. */
export type CloseAlarms = (walk: ShapeWalk) => Promise<readonly Alarm[]>

export interface JudgeOptions {
  readonly walk: Partial<WalkOptions>
  readonly closeAlarms: CloseAlarms | null
  /** Called after each shape; gives other work its turn. */
  readonly onShape: (family: string, done: number, all: number) => Promise<void>
}

/** Walks every shape of a family. A limit that is reached, or a module that fails before `run`, ends the family. */
export async function judgeFamily(
  program: Program,
  family: ShapeFamily,
  options: JudgeOptions,
): Promise<FamilyProof> {
  const tally = new Tally(family)
  for (const shape of family.shapes()) {
    const walk = walkShape(program, shape, options.walk)
    const left = await alarmsLeft(walk, options)
    tally.add(shape, walk, left)
    if (tally.stop !== null) break
    await options.onShape(family.name, tally.walked, family.count)
  }
  return tally.result()
}

async function alarmsLeft(walk: ShapeWalk, { closeAlarms }: JudgeOptions): Promise<readonly Alarm[]> {
  if (walk.alarms.length === 0 || closeAlarms === null || walk.stop !== null) return walk.alarms
  return closeAlarms(walk)
}

class Tally {
  readonly #family: ShapeFamily
  readonly #open = new Map<string, OpenAlarm>()
  readonly #sites = new Map<string, SiteDecision>()
  walked = 0
  stop: string | null = null
  #ended = 0
  #steps = 0
  #pages = 0
  #bound: FamilyProof['bound'] = null

  constructor(family: ShapeFamily) {
    this.#family = family
  }

  add(shape: ProofShape, walk: ShapeWalk, left: readonly Alarm[]): void {
    const name = describeShape(shape)
    this.#steps += walk.steps
    for (const alarm of left) this.#addAlarm(alarm, name)
    this.#addSites(walk, left)
    const reason = walk.failure ?? walk.stop?.message ?? null
    if (reason !== null) {
      this.stop = `${name}: ${reason}`
      return
    }
    this.walked++
    this.#pages = Math.max(this.#pages, walk.peakPages)
    if (walk.end === null) return
    this.#ended++
    if (walk.end.cost > (this.#bound?.instructions ?? -1)) {
      this.#bound = { instructions: walk.end.cost, shape: name }
    }
  }

  #addAlarm({ kind, site, callChain, detail }: Alarm, shape: string): void {
    const key = siteKey(site, kind)
    const known = this.#open.get(key)
    this.#open.set(key, {
      functionName: site.functionName,
      offset: site.offset,
      kind,
      callChain: shortChain(callChain),
      detail: known?.detail ?? detail,
      firstShape: known?.firstShape ?? shape,
      shapes: (known?.shapes ?? 0) + 1,
    })
  }

  #addSites(walk: ShapeWalk, left: readonly Alarm[]): void {
    const alarms = new Set(walk.alarms.map((alarm) => siteKey(alarm.site, alarm.kind)))
    const open = new Set(left.map((alarm) => siteKey(alarm.site, alarm.kind)))
    for (const site of walk.sites) {
      for (const kind of site.kinds) {
        const key = siteKey(site, kind)
        const now = open.has(key)
          ? 'open'
          : alarms.has(key)
            ? 'solver'
            : site.isReached
              ? 'bounds'
              : 'never reached'
        const before = this.#sites.get(key)?.decidedBy ?? 'never reached'
        const decidedBy = RANK[now] > RANK[before] ? now : before
        this.#sites.set(key, { functionName: site.functionName, offset: site.offset, kind, decidedBy })
      }
    }
  }

  result(): FamilyProof {
    const { spec, name, count } = this.#family
    return {
      spec,
      name,
      shapes: count,
      walked: this.walked,
      ended: this.#ended,
      stop: this.stop,
      steps: this.#steps,
      bound: this.#bound,
      pages: this.#pages,
      open: [...this.#open.values()],
      sites: [...this.#sites.values()].toSorted((a, b) => a.offset - b.offset),
    }
  }
}

/** What is said of a site over several shapes is the weakest that is said for one. */
const RANK: Readonly<Record<SiteDecision['decidedBy'], number>> = {
  'never reached': 0,
  bounds: 1,
  solver: 2,
  open: 3,
  broken: 4,
}

function siteKey(site: { readonly functionName: string; readonly offset: number }, kind: AlarmKind): string {
  return `${kind} ${site.functionName} ${site.offset}`
}

/** Functions that call themselves stand once. */
function shortChain(chain: readonly string[]): string {
  return chain.filter((name, i) => name !== chain[i - 1]).join(' > ')
}

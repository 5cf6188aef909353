/** A part of memory with a name and rights. Addresses in bytes; `end` is one past the last. */
export interface Region {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly isReadable: boolean
  readonly isWritable: boolean
}

/** The region that holds all of start..end with the right that is asked for, or null. */
export function findRegion(
  regions: readonly Region[],
  access: { readonly start: number; readonly end: number; readonly isWrite: boolean },
): Region | null {
  for (const region of regions) {
    const isAllowed = access.isWrite ? region.isWritable : region.isReadable
    if (isAllowed && access.start >= region.start && access.end <= region.end) return region
  }
  return null
}

/** Whether any byte of start..end may be accessed. */
export function touchesRegion(
  regions: readonly Region[],
  access: { readonly start: number; readonly end: number; readonly isWrite: boolean },
): boolean {
  return regions.some(
    (region) =>
      (access.isWrite ? region.isWritable : region.isReadable) &&
      access.start < region.end &&
      access.end > region.start,
  )
}

/** Regions that touch and have the same rights, as one: an access may lie across both. */
export function mergeRegions(regions: readonly Region[]): readonly Region[] {
  const sorted = regions.filter((one) => one.end > one.start).toSorted((a, b) => a.start - b.start)
  const merged: Region[] = []
  for (const region of sorted) {
    const last = merged.at(-1)
    const isSame =
      last !== undefined &&
      last.end === region.start &&
      last.isReadable === region.isReadable &&
      last.isWritable === region.isWritable
    if (!isSame || last === undefined) merged.push(region)
    else merged[merged.length - 1] = { ...last, name: `${last.name} and ${region.name}`, end: region.end }
  }
  return merged
}

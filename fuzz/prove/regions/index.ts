/** Which memory may be touched, and what the walk could not exclude. */
export type { Alarm, AlarmKind, Occurrence, Site } from './alarm.ts'
export { findRegion, mergeRegions, type Region, touchesRegion } from './region.ts'

/** What has to hold for every input of a consensus function; a new property is one entry in one of these files. */
export { agreement } from './agreement.ts'
export { COMPARISONS } from './comparisons.ts'
export { ENDINGS } from './endings.ts'
export { monotonies } from './monotony.ts'
export type { ConsensusProperty, Subject, Trial, Violation } from './property.ts'
export { SUMS } from './sums.ts'

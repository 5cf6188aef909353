/** Chopsticks as the yardstick: its chain as users have it, and its executor alone. */
export { ChopsticksChain, type TimedBlock } from './chopsticksChain.ts'
export { closeChopsticks } from './loadChopsticks.ts'
export { runTaskMs } from './runTaskMs.ts'

/** Reference consensus functions, written from published descriptions, to hold candidates against. */
export { countedCells, ONE } from './steps.ts'
export { yuma } from './yuma.ts'

import { WORD_LIST } from './wordList.ts'

/** A place with words of the list. */
export interface WordViolation {
  /** Counted from 1. */
  readonly line: number
  /** As it stands in the text, on one line. */
  readonly found: string
  readonly instead: string
}

/** Every place in a text with words of the list, in the order of the list. */
export function findWords(text: string): readonly WordViolation[] {
  return WORD_LIST.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map((match) => ({
      line: text.slice(0, match.index).split('\n').length,
      found: match[0].replace(/\s*\n[\s*/>]*/g, ' '),
      instead,
    })),
  )
}

/** One line for people: where, what, and what to write instead. */
export function violationLine(path: string, { line, found, instead }: WordViolation): string {
  return `${path}:${line}: "${found}": write ${instead}`
}

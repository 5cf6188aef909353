import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Step } from '../strategies/step.ts'
import { stepsToText, textToSteps } from './readSteps.ts'
import { writeWhole } from './writeWhole.ts'

/**
 * Sequences in a folder, a file each, named by what it holds: written whole or not at all, so that a campaign may be killed at any
 * moment, and several may share one folder.
 */
export class CorpusFolder {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** All sequences, by name of file; a folder that is missing has none. Throws `FUZZ_INPUT` for a file that is no sequence. */
  read(): readonly (readonly Step[])[] {
    if (!existsSync(this.#folder)) return []
    const names = readdirSync(this.#folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
    return names.map((name) => {
      const path = join(this.#folder, name)
      return textToSteps(readFileSync(path, 'utf8'), path)
    })
  }

  /** Adds a sequence; false when it is there. Throws what the file system throws. */
  add(steps: readonly Step[]): boolean {
    mkdirSync(this.#folder, { recursive: true })
    const text = stepsToText(steps)
    const path = join(this.#folder, nameOf(text))
    if (existsSync(path)) return false
    writeWhole(path, text)
    return true
  }
}

function nameOf(text: string): string {
  return `${createHash('sha256').update(text).digest('hex').slice(0, 24)}.json`
}

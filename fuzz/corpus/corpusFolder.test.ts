import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { Step } from '../strategies/step.ts'
import { CorpusFolder } from './corpusFolder.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-corpus-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('keeps each sequence once, and leaves alone what a killed campaign left half written', () => {
  const corpus = new CorpusFolder(folder)
  const steps: readonly Step[] = [{ kind: 'blocks', count: 3 }]
  expect([corpus.add(steps), corpus.add(steps)]).toEqual([true, false])
  writeFileSync(join(folder, 'x.json.writing-1'), '{"steps":[{')
  expect(corpus.read()).toEqual([steps])
  expect(readdirSync(folder)).toHaveLength(2)
  expect(new CorpusFolder(join(folder, 'missing')).read()).toEqual([])
})

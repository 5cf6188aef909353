import { describe, expect, it } from 'vitest'
import { renderAnnotations } from './annotations.ts'
import { HOSTILE_TEXTS, poisoned, reportOfFindings } from './poisonedReport.testkit.ts'
import { FULL_REPORT, HOSTILE_REPORT, READY_REPORT } from './sampleReport.testkit.ts'

/** A command as the runner takes a line apart (actions/runner, `ActionCommand.cs`). */
function parse(line: string) {
  const match = /^::(\w+) (.*?)::(.*)$/.exec(line)
  const properties = (match?.[2] ?? '').split(',').map((pair) => pair.split('=', 1)[0])
  return { command: match?.[1], properties, data: match?.[3] }
}

describe('renderAnnotations', () => {
  it('has nothing to say of a candidate that is ready', () => {
    expect(renderAnnotations(READY_REPORT)).toBe('')
  })

  it('writes what counts first, with its place', async () => {
    await expect(renderAnnotations(FULL_REPORT)).toMatchFileSnapshot('./golden/full.annotations')
    await expect(renderAnnotations(HOSTILE_REPORT)).toMatchFileSnapshot('./golden/hostile.annotations')
  })

  it.each(HOSTILE_TEXTS)('writes the same commands whatever the texts: %j', (text) => {
    const commands = renderAnnotations(poisoned(FULL_REPORT, text)).trimEnd().split('\n').map(parse)
    const plain = renderAnnotations(poisoned(FULL_REPORT, 'plain')).trimEnd().split('\n').map(parse)
    expect(commands.map(({ command }) => command)).toEqual(plain.map(({ command }) => command))
    for (const { properties } of commands) {
      expect(['title', 'file,line,title', 'file,line,col,title']).toContain(properties.join())
    }
    for (const { data } of commands) expect(data).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]|##\w*\[|%(?!25)/u)
  })

  it('writes ten and how many more there are', () => {
    const lines = renderAnnotations(reportOfFindings(100)).trimEnd().split('\n')
    expect(lines).toHaveLength(11)
    expect(lines.at(-1)).toBe('::notice title=Drydock::90 more findings in the report')
  })
})

import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { describe, expect, it } from 'vitest'
import { commentMarker, renderComment, renderMarkdown } from './markdown.ts'
import { HOSTILE_TEXTS, poisoned, reportOfFindings } from './poisonedReport.testkit.ts'
import { FULL_REPORT, HOSTILE_REPORT, READY_REPORT } from './sampleReport.testkit.ts'
import { markdownCode, markdownFence, markdownText } from './text/markdownText.ts'

function toHtml(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  })
}

/** Tags of our own: of CommonMark's tables, lists and fences, and the few that we write. */
const OWN_TAG =
  /<\/?(h[2-4]|p|ul|ol|li|table|thead|tbody|tr|t[hd]( align="(left|right)")?|pre|code( class="language-text")?|details|summary|span|strong)( ?\/)?>|<!-- -->|<!-- drydock:[\w.-]+ -->/g

describe('renderMarkdown', () => {
  it('shows a candidate that is ready', async () => {
    await expect(renderMarkdown(READY_REPORT)).toMatchFileSnapshot('./golden/ready.md')
  })

  it('shows findings, and every hostile text inert', async () => {
    await expect(renderMarkdown(HOSTILE_REPORT)).toMatchFileSnapshot('./golden/hostile.md')
    await expect(renderMarkdown(FULL_REPORT)).toMatchFileSnapshot('./golden/full.md')
  })

  it.each(HOSTILE_TEXTS)('makes no markup of %j', (text) => {
    const markdown = renderMarkdown(poisoned(FULL_REPORT, text))
    const rendered = toHtml(markdown)
    expect(rendered.replaceAll(OWN_TAG, '')).not.toMatch(/[<>]/)
    expect(markdown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    expect(markdown).not.toMatch(/^\s*::|##\w*\[/m)
    const headings = (html: string) => html.match(/<h[1-6]|<tr|<li|<pre/g)?.length
    expect(headings(rendered)).toBe(headings(toHtml(renderMarkdown(poisoned(FULL_REPORT, 'plain')))))
  })

  it('holds as much as there is room for, and says what is left out', () => {
    const comment = renderComment(reportOfFindings(10_000))
    expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(65_000)
    expect(Buffer.byteLength(comment)).toBeGreaterThan(50_000)
    expect(comment).toMatch(/[\d,]+ more findings in report\.json\./)
    const summary = renderMarkdown(reportOfFindings(10_000))
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(900_000)
    const wide = renderComment(poisoned(reportOfFindings(300), '漢🚢'.repeat(400)))
    expect(Buffer.byteLength(wide)).toBeLessThanOrEqual(65_000)
  })
})

describe('renderComment', () => {
  it('begins with the marker of its network', () => {
    expect(renderComment(READY_REPORT)).toMatch(/^<!-- drydock:Bittensor -->\n## ✅ Ready/)
    expect(commentMarker('--> <script>')).toBe('<!-- drydock:-script- -->')
    expect(commentMarker('')).toBe('<!-- drydock:network -->')
    for (const text of HOSTILE_TEXTS) expect(commentMarker(text)).toMatch(/^<!-- drydock:[\w.-]+ -->$/)
  })
})

describe('markdownText', () => {
  it.each(HOSTILE_TEXTS)('reads as it is: %j', (text) => {
    const rendered = toHtml(`- ${markdownText(text)} |`)
    expect(rendered).not.toMatch(/<(?!\/?(ul|li|span)>|!-- -->)/)
    const cell = toHtml(`| a |\n|---|\n| ${markdownCode(text)} |`)
    expect(cell.match(/<td/g)).toHaveLength(1)
  })

  it('leaves nothing for GitHub to make a mention, an issue, a link or an emoji of', () => {
    const text = markdownText('@someone #12 a:tada: https://x.example www.x.example &#42; a@b.c')
    expect(text).not.toMatch(/@\w|(?<!&)#\d|:\w|:\/\/|www\.x|\w@\w/)
    expect(text).toContain('&#38;#<!-- -->42;')
  })

  it('fences lines that hold fences', () => {
    expect(markdownFence(['````', '::error::x'])).toBe('`````text\n````\n\\x3a:error::x\n`````')
  })
})

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckReport } from '../checkReport.ts'
import { HOSTILE_TEXTS, poisoned, reportOfFindings } from '../poisonedReport.testkit.ts'
import { FULL_REPORT, HOSTILE_REPORT, READY_REPORT } from '../sampleReport.testkit.ts'
import { renderHtml } from './renderHtml.ts'

const CHROMIUM = process.env['DRYDOCK_CHROMIUM'] ?? '/usr/bin/chromium'
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const NO_VERDICT: CheckReport = {
  ...FULL_REPORT,
  verdict: 'inconclusive',
  checks: FULL_REPORT.checks.filter(({ status }) => status !== 'failed'),
}
const REPORTS: readonly (readonly [string, CheckReport])[] = [
  ['ready', READY_REPORT],
  ['not ready', FULL_REPORT],
  ['no verdict', NO_VERDICT],
  ['hostile', HOSTILE_REPORT],
  ['hostile everywhere', poisoned(FULL_REPORT, HOSTILE_TEXTS.join(' '))],
]
const VIEWS = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

const title = existsSync(CHROMIUM)
  ? 'the page in Chromium'
  : `the page in Chromium (skipped: there is no ${CHROMIUM}; set DRYDOCK_CHROMIUM to another)`

describe.skipIf(!existsSync(CHROMIUM))(title, () => {
  let browser: Browser
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drydock-page-'))
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Opens a report; what it asks for, runs or complains about is gathered. */
  function open(report: CheckReport, view: (typeof VIEWS)[number]) {
    return openMarkup(renderHtml(report), view)
  }

  async function openMarkup(markup: string, view: (typeof VIEWS)[number]) {
    const file = join(folder, 'report.html')
    writeFileSync(file, markup)
    const { width, colorScheme } = view
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    const events: string[] = []
    page.on('request', (request) => events.push(`request ${request.url()}`))
    page.on('dialog', (dialog) => void dialog.dismiss().then(() => events.push('dialog')))
    page.on('console', (message) => events.push(`console ${message.text()}`))
    page.on('pageerror', (error) => events.push(`error ${error.message}`))
    await page.goto(pathToFileURL(file).href)
    const address = `request ${pathToFileURL(file).href}`
    return { page, events: () => events.filter((event) => event !== address) }
  }

  for (const [name, report] of REPORTS) {
    it.each(VIEWS)(
      `${name}: accessible, quiet and as wide as the screen, $width px, $colorScheme`,
      async (view) => {
        const { page, events } = await open(report, view)
        expect(await violations(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width)
        expect(await page.evaluate('document.scripts.length')).toBe(0)
        await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width)
        expect(events()).toEqual([])
        await page.close()
      },
    )
  }

  it('would see a script, a request and what is hard to read', async () => {
    const bad =
      '<!doctype html><p style="color:#aaa;background:#bbb">pale</p><script>alert(1)</script><img src="http://127.0.0.1:9/x">'
    const { page, events } = await openMarkup(bad, { width: 1280, colorScheme: 'light' })
    await page.waitForLoadState('networkidle')
    expect(events()).toEqual(expect.arrayContaining(['request http://127.0.0.1:9/x', 'dialog']))
    const found = (await violations(page)).join('\n')
    for (const rule of ['color-contrast', 'image-alt', 'html-has-lang']) expect(found).toContain(rule)
    await page.close()
  })

  it('is inert with each hostile text', async () => {
    for (const text of HOSTILE_TEXTS) {
      const { page, events } = await open(poisoned(FULL_REPORT, text), { width: 1280, colorScheme: 'light' })
      expect(events()).toEqual([])
      await page.close()
    }
  })

  it('leads by keyboard from the top to the verdict, the sections and the wide tables', async () => {
    const { page } = await open(FULL_REPORT, { width: 390, colorScheme: 'light' })
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the verdict')
    const seen = new Set<string>()
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab')
      seen.add(String(await page.evaluate('document.activeElement.tagName')))
    }
    expect([...seen]).toEqual(expect.arrayContaining(['A', 'SUMMARY', 'DIV']))
    await page.close()
  })

  it('prints what is folded, in dark mode too on white', async () => {
    const { page } = await open(FULL_REPORT, { width: 1280, colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
    const folded = 'document.querySelector("details:not([open]) table").getBoundingClientRect().height'
    expect(Number(await page.evaluate(folded))).toBeGreaterThan(10)
    expect(await page.evaluate('getComputedStyle(document.querySelector("nav")).display')).toBe('none')
    await page.close()
  })

  it('opens a report of 10,000 findings', async () => {
    const { page, events } = await open(reportOfFindings(10_000), { width: 1280, colorScheme: 'light' })
    expect(await page.evaluate('document.querySelectorAll("article").length')).toBe(200)
    expect(events()).toEqual([])
    await page.close()
  })
})

/** What axe finds, of any weight, with where. */
async function violations(page: Page): Promise<readonly string[]> {
  const source = createRequire(import.meta.url)('axe-core').source
  await page.evaluate(source)
  // SAFETY: axe.run gives AxeResults, which are plain data.
  const results = (await page.evaluate('axe.run(document)')) as AxeResults
  return results.violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ target }) => String(target)).slice(0, 3)}`,
  )
}

/** One browser looking at one real daemon: pages that report their own errors, and the checks that every screen gets. */
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { findBrowser } from './find-browser.ts';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser() });
}

export interface PageVisit extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page complained about by itself, so far. */
  readonly complaints: string[];
}

export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor();

export async function visit(
  { browser, daemon }: { browser: Browser; daemon: ScratchDaemon },
  options: {
    colorScheme?: 'light' | 'dark';
    width?: number;
    /** False: comes as a stranger. */
    signedIn?: boolean;
    /** What the one-time link allows; everything when absent. */
    scopes?: ('read' | 'write')[];
  } = {},
): Promise<PageVisit> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.colorScheme ?? 'light',
    // A colour half way between two would be judged, and pictured.
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(45_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A daemon that is away is what some tests are about; the browser writes each failed request into its console.
    if (message.type() === 'error' && !message.text().includes('ERR_CONNECTION')) complaints.push(message.text());
  });
  if (options.scopes !== undefined || options.signedIn !== false) {
    const link = await daemon.client.session.createLink(options.scopes === undefined ? {} : { scopes: options.scopes });
    await page.goto(link.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  }
  return { context, page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

interface AxeResults {
  violations: { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Serious and critical findings of axe-core, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // The page's own policy forbids foreign scripts, which is as it should be; evaluating bypasses it as a debugger does.
  const { readFile } = await import('node:fs/promises');
  await page.evaluate(await readFile(axePath, 'utf8'));
  const results = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    );
}

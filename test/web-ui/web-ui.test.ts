import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import { chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { readLedger } from '../../src/client/releases.js';
import { renderStatus } from '../../src/client/render.js';
import { messageHelp } from '../../src/contract/messages.js';
import { chromium as findChromium, whyNoChromium } from '../../tools/chromium.mjs';
import { root } from '../../tools/paths.mjs';
import { stage } from '../../tools/progress.mjs';
import { expectShown } from '../docs/play.js';
import { patience } from '../setup/patience.js';

const demo = path.join(import.meta.dirname, '..', '..', 'dist', 'rehearsal', 'demo.js');
/** Where pictures are kept, if anybody wants them. */
const { SLIPWAY_PICTURES: pictures } = process.env;

/** The size of the window, and of one in which all details are seen. */
const [usual, tall] = [
  { width: 1400, height: 1000 },
  { width: 1400, height: 2400 },
];

const lacking = whyNoChromium();
const ended: (() => Promise<unknown>)[] = [];
let page: Page;
let release: Said;

beforeAll(async () => {
  if (lacking !== undefined) return;
  const [opened, asked] = await Promise.all([openBrowser(), playUntilAsked()]);
  page = opened;
  release = asked;
}, 300_000);

afterAll(async () => {
  await Promise.all(ended.map((end) => end()));
}, 120_000);

async function openBrowser(): Promise<Page> {
  const { program, env }: Awaited<ReturnType<typeof findChromium>> = await stage('Chromium', (log) =>
    findChromium({ log }),
  );
  const browser = await chromium.launch({
    executablePath: program,
    env: { ...process.env, ...env },
    // It only ever sees pages of this machine, and its sandbox refuses to run as root.
    chromiumSandbox: false,
  });
  ended.push(() => browser.close());
  const opened = await browser.newPage({ viewport: usual });
  opened.setDefaultTimeout(patience.timeout);
  return opened;
}

/** What a rehearsal says of itself on its terminal before it asks the first question. */
const saidAtFirst = {
  address: /^Web UI: (\S+)$/m,
  server: / TEMPORAL_ADDRESS=(\S+)/,
  folder: / SLIPWAY_KEY=(\S+)\/keys\//,
  digest: /--gate branch --digest (\w+)/,
} as const;
type Said = Record<keyof typeof saidAtFirst, string>;

/** Starts a rehearsal whose answers are left to people, and reads on its terminal until it asks. */
async function playUntilAsked(): Promise<Said> {
  const args = [demo, '--scenario', 'released', '--interactive'];
  const playing = execa(process.execPath, args, { reject: false, stdout: 'ignore', buffer: false });
  ended.push(async () => {
    // One Ctrl-C reaches it twice: from the terminal, and from npm.
    for (const signal of ['SIGINT', 'SIGINT'] as const) playing.kill(signal);
    await playing;
    expect(existsSync(release.folder), 'its folder, which holds keys, is left').toBe(false);
  });
  let text = '';
  let asked: Said | undefined;
  for await (const line of createInterface({ input: playing.stderr })) {
    text += `${line}\n`;
    const said = Object.entries(saidAtFirst).map(([name, form]) => [name, form.exec(text)?.[1]] as const);
    if (said.some(([, value]) => value === undefined)) continue;
    asked = Object.fromEntries(said) as Said;
    break;
  }
  // Leaving the lines has paused what they are read from, and what is written on must not fill the pipe.
  playing.stderr.resume();
  if (asked !== undefined) return asked;
  throw new Error(`the rehearsal ended before it asked anything:\n${text}`);
}

/** The current details: the Web UI draws them in a frame of their own. */
async function details(): Promise<{ readonly frame: Locator; readonly shown: Locator }> {
  const name = 'User Metadata';
  await page.goto(release.address);
  await page.getByRole('link', { name }).or(page.getByRole('tab', { name })).first().click();
  const frame = page.locator('iframe').last();
  return { frame, shown: frame.contentFrame().locator('body') };
}

async function keepPicture(name: string, of: Page | Locator = page): Promise<void> {
  if (pictures === undefined) return;
  await mkdir(pictures, { recursive: true });
  await of.screenshot({ path: path.join(pictures, `${name}.png`) });
}

beforeEach((context) => {
  context.skip(lacking !== undefined, lacking);
});

test('lists the releases of a package by its search attribute', async () => {
  const list = (name: string) =>
    page.goto(
      new URL(`/namespaces/default/workflows?query=SlipwayPackage%3D%22${name}%22`, release.address).href,
    );
  const link = page.getByRole('link', { name: 'release/meant-it/0.2.0' });
  await list('meant-it');
  await link.waitFor();
  await keepPicture('list');
  await list('another');
  await page.getByRole('heading', { name: '0 Workflows' }).waitFor();
  expect(await link.count()).toBe(0);
});

test('says what is done in words on the timeline', async () => {
  await page.goto(release.address);
  for (const summary of ['Read the terms of the release', /Run all suites under coverage at [0-9a-f]{12}/])
    await page.getByText(summary).first().waitFor();
  await keepPicture('timeline');
});

test('shows the steps as a table, and what is asked with the commands that answer', async () => {
  const { frame, shown } = await details();
  const rows = shown.locator('table tr');
  await rows.nth(12).waitFor();
  expect(await rows.count()).toBe(13);
  expect(await rows.first().locator('th').allInnerTexts()).toEqual(['#', 'Step', 'State', 'Found']);
  expect(await rows.nth(1).locator('td').allInnerTexts()).toEqual([
    '1',
    'Validate the release branch',
    '▶ running',
    expect.stringMatching(/current: \d+ tests, 100 %/),
  ]);
  expect(await shown.locator('code').allInnerTexts()).toContain(
    `slipway approve meant-it 0.2.0 --gate branch --digest ${release.digest}`,
  );
  // A frame is drawn only as far as it is in the window.
  await page.setViewportSize(tall);
  await keepPicture('details', frame);
  await page.setViewportSize(usual);
});

test('has beside it a client that shows what the README does', async () => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const [, shown = ''] = /^```\n(meant-it 0\.2\.0: waiting[^]*?)\n```$/m.exec(readme) ?? [];
  expect(shown).toContain('--gate branch');
  const connection = await Connection.connect({ address: release.server });
  ended.push(() => connection.close());
  const ledger = await readLedger(new Client({ connection }), 'meant-it', '0.2.0');
  const screen = { width: 80, colour: false, now: new Date() };
  expectShown(renderStatus(ledger, screen), shown.split('\n'), 'slipway status');
});

test('takes an approval by its dialog for signals', async () => {
  await page.goto(release.address);
  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.getByRole('menuitem', { name: 'Send a Signal' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByTestId('signal-select-button').click();
  await page.getByRole('option').filter({ hasText: messageHelp.approve }).first().click();
  const input = dialog.getByRole('textbox').last();
  await input.fill(JSON.stringify({ by: 'grace', gate: 'branch', digest: release.digest }));
  // Once it is left it is set in lines, which moves the button.
  await input.blur();
  await input.getByText('"by": "grace"').waitFor();
  await dialog.getByText('Send a Signal').scrollIntoViewIfNeeded();
  await keepPicture('signal');
  await dialog.getByRole('button', { name: 'Submit' }).click();
  await dialog.waitFor({ state: 'hidden' });
  // The answer counted: the release goes on to step 2, and says so where people look.
  const state = async () =>
    (await details()).shown.locator('table tr').nth(1).locator('td').nth(2).innerText();
  await expect.poll(state, patience).toContain('passed');
});

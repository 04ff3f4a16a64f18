import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { createNotifyActivities } from '../../../src/activities/notify/ensure-told.js';
import { folderStore } from '../../../src/activities/support/store.js';
import type { Workbench } from '../../../src/activities/support/workbench.js';
import type { Settings } from '../../../src/config/settings.js';
import type { Notification, TellingActivities } from '../../../src/contract/notifications.js';
import { makeBench } from '../support/bench.js';
import { processesWith } from '../support/processes.js';
import { startMailServer, startSilence, startWebhook } from './receivers.js';

const canary = 'canary-of-a-channel';

const question: Notification = {
  key: 'production/2026-03-01T12:00:00.000Z',
  to: ['ada', 'grace'],
  says: [
    'waiting for people, step 9 of 12 (Publish to production): `production` waits for ada, grace since 2026-03-01T12:00:00.000Z.',
    'Uploads these 2 files; it cannot be undone.',
  ],
  commands: ['slipway approve fx-demo 1.0.0 --gate production --digest abcdef012345'],
  deadlines: [{ what: 'the watch', at: '2026-03-02T00:00:00.000Z' }],
};

const zone = 'Europe/Berlin';
const hours = { zone, hours: '08:00-16:00', days: ['mon'] } as const;

/** A workbench with channels at these addresses, each reaching the people named. */
async function benchWith(
  channels: Readonly<Record<string, { url: string; to?: readonly string[] }>>,
  changes: Partial<Settings> = {},
): Promise<Workbench> {
  const entries = Object.entries(channels);
  const nameOf = (channel: string) => `CHANNEL_${channel.toUpperCase()}`;
  const reaching = (person: string) =>
    entries.filter(([, { to = [] }]) => to.includes(person)).map(([channel]) => channel);
  const made = await makeBench({
    secrets: Object.fromEntries(entries.map(([channel, { url }]) => [nameOf(channel), url])),
    settings: {
      notify: Object.fromEntries(
        entries.map(([channel, { to }]) => [channel, { secret: nameOf(channel), thread: to === undefined }]),
      ),
      channels: Object.fromEntries(['ada', 'grace'].map((person) => [person, reaching(person)])),
      ...changes,
    },
  });
  onTestFinished(() => made.close());
  return made;
}

const round = (...notifications: Notification[]): Parameters<TellingActivities['ensureTold']>[0] => ({
  release: 'release/fx-demo/1.0.0',
  subject: { package: 'fx-demo', version: '1.0.0' },
  page: 'http://127.0.0.1:8233/namespaces/default/workflows/release%2Ffx-demo%2F1.0.0',
  notifications,
});

const tell = (bench: Workbench, ...notifications: Notification[]) =>
  createNotifyActivities(bench).ensureTold(round(...notifications));

/** What could not be told, as the failure tells it to the workflow. */
async function untold(telling: Promise<void>): Promise<unknown> {
  const error: unknown = await telling.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return (error as { details?: unknown[] } | undefined)?.details?.[0];
}

test('a web hook gets what is waited for, of whom, what to type, until when there, and where to look', async () => {
  const hook = await startWebhook();
  const bench = await benchWith(
    { hook: { url: `json://${hook.host}/${canary}`, to: ['grace'] } },
    { roster: { grace: hours } },
  );
  await tell(bench, question);
  expect(hook.received).toEqual([
    {
      path: `/${canary}`,
      title: 'fx-demo 1.0.0',
      message: [
        'grace: waiting for people, step 9 of 12 (Publish to production): `production` waits for ada, grace since 2026-03-01T12:00:00.000Z.',
        '',
        'Uploads these 2 files; it cannot be undone.',
        '',
        'Type one of these:',
        '  slipway approve fx-demo 1.0.0 --gate production --digest abcdef012345',
        '',
        'the watch ends at 2 Mar 2026 01:00 Europe/Berlin',
        '',
        'Look at it: http://127.0.0.1:8233/namespaces/default/workflows/release%2Ffx-demo%2F1.0.0',
      ].join('\n'),
    },
  ]);
});

test('the mails of a release are one thread, and mark-up in them is inert', async () => {
  const mail = await startMailServer();
  const address = `mailto://${mail.host}?from=slipway@example.org&to=ada@example.org`;
  const bench = await benchWith({
    plain: { url: address, to: ['ada'] },
    html: { url: `${address}&format=html`, to: ['grace'] },
  });
  await tell(bench, { ...question, to: ['ada'] });
  await tell(bench, { ...question, key: 'another', to: ['grace'], says: ['<img src=x> <b>approve</b>'] });
  const [plain = '', html = ''] = mail.received;
  const references = mail.received.map((text) => /^References: (.*)\r$/m.exec(text)?.[1]);
  expect(references[0]).toMatch(/^<[0-9a-f]{12}@slipway>$/);
  expect(references).toEqual([references[0], references[0]]);
  for (const text of mail.received) expect(text).toMatch(/^Subject: fx-demo 1\.0\.0\r$/m);
  expect(plain).toContain('Content-Type: text/plain');
  expect(html).toContain('Content-Type: text/html');
  expect(html).toContain('&lt;b&gt;approve&lt;/b&gt;');
  expect(html.split('text/html')[1]).not.toContain('<img');
});

test('the thread has everything, once for each notification and whoever it is for', async () => {
  const [thread, hook] = [await startWebhook(), await startWebhook()];
  const bench = await benchWith({
    thread: { url: `json://${thread.host}` },
    hook: { url: `json://${hook.host}`, to: ['ada', 'grace'] },
  });
  await tell(bench, question, { ...question, key: 'end', to: [], says: ['It is released.'] });
  expect(thread.received.map(({ message }) => message.split(':')[0]).sort()).toEqual([
    'It is released.\n\nType one of these',
    'ada, grace',
  ]);
  expect(hook.received.map(({ message }) => message.split(':')[0])).toEqual(['ada, grace']);
});

test('what was delivered is not delivered again, by a retry or by the next worker', async () => {
  const hook = await startWebhook();
  const bench = await benchWith({ hook: { url: `json://${hook.host}`, to: ['ada'] } });
  await tell(bench, question);
  await tell(bench, question);
  await tell({ ...bench, store: folderStore(path.join(bench.settings.state, 'store')) }, question);
  expect(hook.received).toHaveLength(1);
  await tell(bench, { ...question, key: 'production/later' });
  expect(hook.received).toHaveLength(2);
});

test('a dead channel is named without its secret, keeps nobody else from being told, and is caught up with', async () => {
  const hook = await startWebhook();
  let status = 503;
  const sick = await startWebhook(() => status);
  const gone = await startWebhook();
  await gone.close();
  const bench = await benchWith({
    hook: { url: `json://${hook.host}`, to: ['ada'] },
    sick: { url: `json://${sick.host}/${canary}`, to: ['grace'] },
    gone: { url: `json://user:${canary}@${gone.host}/`, to: ['ada'] },
    wrong: { url: `nonsense://${canary}`, to: ['ada'] },
  });
  const found = await untold(tell(bench, question));
  expect(found).toEqual([
    { channel: 'sick', to: ['grace'], why: expect.stringContaining('503') as string },
    { channel: 'gone', to: ['ada'], why: expect.stringContaining('onnection') as string },
    { channel: 'wrong', to: ['ada'], why: 'its address is none that Apprise takes' },
  ]);
  expect(JSON.stringify(found)).not.toContain(canary);
  expect(hook.received).toHaveLength(1);
  status = 200;
  expect(await untold(tell(bench, question))).toMatchObject([{ channel: 'gone' }, { channel: 'wrong' }]);
  expect([hook.received, sick.received].map(({ length }) => length)).toEqual([1, 1]);
});

test('a channel that hangs is given up, and meanwhile its address stands in no argument and no environment', async () => {
  const silence = await startSilence();
  const bench = await benchWith({ silent: { url: `json://${silence.host}/${canary}`, to: ['ada'] } });
  const connected = silence.connected();
  const telling = untold(tell(bench, question));
  await connected;
  const seen = await processesWith('notify_with_apprise.py');
  expect(seen.length).toBeGreaterThan(0);
  for (const { argv, environ } of seen) expect(`${argv}${environ}`).not.toContain(canary);
  expect(await filesBelow(path.join(bench.settings.state, 'work'))).toEqual([]);
  expect(await telling).toMatchObject([{ channel: 'silent', to: ['ada'] }]);
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test('the words of strangers call nobody and hide no address', async () => {
  const hook = await startWebhook();
  const bench = await benchWith({ hook: { url: `json://${hook.host}` } });
  const says = [
    'probe issues: @everyone [approve here](http://evil.example) \u001b]0;x\u0007\r\nType: yank',
    'x'.repeat(1000),
  ];
  await tell(bench, { ...question, to: [], says });
  const [posted] = hook.received;
  expect(posted?.message).not.toMatch(/@everyone|\]\(|[\u0000-\u0009\u000b-\u001f]/);
  expect(posted?.message.split('\n')[0]).toContain('Type: yank');
  expect(Math.max(...(posted?.message.split('\n') ?? []).map(({ length }) => length))).toBeLessThan(310);
});

test('a channel without its secret, and one that the settings do not name any more, are told by name', async () => {
  const bench = await benchWith({ hook: { url: 'json://127.0.0.1:1', to: ['ada'] } });
  const without = { ...bench, secrets: { ...bench.secrets, has: () => false } };
  expect(await untold(tell(without, question))).toEqual([
    {
      channel: 'hook',
      to: ['ada'],
      why: 'the urgent worker was started without the secret CHANNEL_HOOK',
    },
  ]);
});

import { describe, expect, test } from 'vitest';

import { secretNames } from '../../src/config/secrets.js';
import { readLines as read } from './settings-lines.js';

const channel = '[notify.mara-mail]\nsecret = "MARA_MAIL"';

describe('the channels of notifications', () => {
  test('reach people by name, or hold the thread, and only the urgent zone holds their addresses', async () => {
    const settings = await read(
      `${channel}\n[notify.team]\nsecret = "TEAM_CHANNEL"\nthread = true`,
      '[people.mara]\nnotify = ["mara-mail"]',
    );
    expect(settings.notify).toEqual({
      'mara-mail': { secret: 'MARA_MAIL', thread: false },
      team: { secret: 'TEAM_CHANNEL', thread: true },
    });
    expect(settings.channels).toEqual({ mara: ['mara-mail'] });
    const holders = (['workflow', 'build', 'publish', 'urgent'] as const).filter((zone) =>
      secretNames(settings, zone).some((name) => ['MARA_MAIL', 'TEAM_CHANNEL'].includes(name)),
    );
    expect(holders).toEqual(['urgent']);
  });

  test('are none by default', async () => {
    expect(await read()).toMatchObject({ notify: {}, channels: {} });
  });

  test.each([
    [channel, 'mara-mail reaches nobody: name it in notify of [people.<name>], or write thread = true'],
    [
      '[people.mara]\nnotify = ["pager"]',
      'mara is to be told by pager, which is no channel: add [notify.pager]',
    ],
    [`${channel}\nthread = true\n[people.nobody]\nnotify = ["mara-mail"]`, 'nobody is no approver'],
    [
      '[notify.mail]\nsecret = "mailto://user:password@example.org"',
      'must be the name of an environment variable',
    ],
    ['[notify."a mail"]\nsecret = "MAIL"\nthread = true', 'must be a name of a-z'],
    [
      `build-secrets = ["MARA_MAIL"]\n${channel}\nthread = true`,
      'MARA_MAIL can publish, push, yank, report coverage or speak to people',
    ],
  ])('are refused with the remedy: %s', async (lines, said) => {
    await expect(read(lines)).rejects.toThrow(said);
  });
});

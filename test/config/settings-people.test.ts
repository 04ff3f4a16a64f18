import { describe, expect, test } from 'vitest';

import { readLines as read } from './settings-lines.js';

const hours = 'zone = "Europe/Berlin"\nhours = "08:00-16:30"';

describe('the settings of people', () => {
  test('say when each can be asked, in which hours uploads begin, and when secrets expire', async () => {
    const settings = await read(
      'escalate = "5m"',
      `[roster.mara]\n${hours}\ndays = ["sat"]`,
      `[publish-window]\n${hours}`,
      '[expiry]\nPYPI_TOKEN = "2027-01-31"',
    );
    expect(settings).toMatchObject({
      escalateSeconds: 300,
      roster: { mara: { zone: 'Europe/Berlin', hours: '08:00-16:30', days: ['sat'] } },
      publishWindow: { days: ['mon', 'tue', 'wed', 'thu'] },
      expiry: { PYPI_TOKEN: '2027-01-31' },
    });
  });

  test('know for how long a well-known index takes further files, and of others what they say', async () => {
    expect((await read()).production.takesFilesFor).toBe(14 * 86_400);
    const own =
      '[production]\nname = "ours"\nyanks = true\nupload = "https://i.example.org/"\nsimple = "https://i.example.org/simple/"';
    expect((await read(own)).production).not.toHaveProperty('takesFilesFor');
    expect((await read(`${own}\nfurther-files = "2d"`)).production.takesFilesFor).toBe(2 * 86_400);
  });

  test.each([
    [`[roster.nobody]\n${hours}`, 'nobody is no approver'],
    ['[roster.mara]\nzone = "Mars/Olympus"\nhours = "08:00-16:30"', 'must be a time zone'],
    ['[roster.mara]\nzone = "UTC"\nhours = "8-16"', 'must be hours such as "08:00-16:30"'],
    ['[roster.mara]\nzone = "UTC"\nhours = "08:00-25:00"', 'must be hours such as "08:00-16:30"'],
    [`[publish-window]\n${hours}\ndays = ["someday"]`, 'must be one of mon, tue'],
    [`[publish-window]\n${hours}\ndays = []`, 'must name at least one day'],
    ['[expiry]\nPYPI_TOKEN = "next year"', 'must be a day such as "2027-01-31"'],
    ['[expiry]\nPYPI_TOKEN = "2027-02-31"', 'must be a day such as "2027-01-31"'],
  ])('are refused with the remedy: %s', async (lines, said) => {
    await expect(read(lines)).rejects.toThrow(said);
  });
});

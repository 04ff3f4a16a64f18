import type { ApiSetting } from '../../config/yank-schema.js';
import type { Digest } from '../../contract/release.js';
import { callSite, type Call } from '../support/http.js';
import { redact } from '../../evidence/redact.js';
import type { Workbench } from '../support/workbench.js';
import type { Driver, DriverArming, Target, Yank, YankAct } from './driver.js';
import { placeholders, type About } from './placeholders.js';
import { whyElsewhere } from './place.js';

/** Yanks by one HTTP request of the settings. Its answer is no proof; redirects are not followed, because they would get its secret. */
export function apiDriver(bench: Workbench): Driver {
  return {
    async yank(yank) {
      const api = await usable(bench, yank);
      if (typeof api === 'string') return { acted: false, evidence: [{ what: api }], toDo: [] };
      const answer = await request(bench, api, callOf(api, yank), api.address, yank);
      return { acted: actedBy(answer.status), evidence: [answer], toDo: toDoAfter(api, answer) };
    },

    async arm(target) {
      const api = await usable(bench, target);
      if (typeof api === 'string') return { state: 'unarmed', evidence: [{ what: api }], toDo: [api] };
      if (api.check === undefined) return ready([{ what: `The secret of the API that yanks is held` }]);
      const answer = await request(bench, api, { headers: {} }, api.check, target);
      if (isGood(answer.status)) return ready([answer]);
      const state = actedBy(answer.status) === 'perhaps' ? 'unclear' : 'unarmed';
      return { state, evidence: [answer], toDo: toDoAfter(api, answer) };
    },
  };
}

function ready(evidence: DriverArming['evidence']): DriverArming {
  return { state: 'armed', evidence, toDo: [] };
}

/** The setting, or why it cannot be used for this index. */
export async function usable(bench: Workbench, { index }: Target): Promise<ApiSetting | string> {
  const { api } = bench.settings.yank;
  const prefix = 'The API that yanks was not asked:';
  if (api === undefined) return `${prefix} the settings have no table [yank.api].`;
  if (!bench.secrets.has(api.secret))
    return `${prefix} it needs ${api.secret}, which this worker does not hold.`;
  const elsewhere = await whyElsewhere(bench, index);
  return elsewhere === undefined ? api : `${prefix} ${elsewhere}`;
}

function callOf({ method, body, encoding }: ApiSetting, yank: Yank): Call {
  const fill = placeholders(yank);
  const fields = Object.entries(body).map(([name, value]): [string, string] => [name, fill(value)]);
  return encoding === 'json'
    ? {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(Object.fromEntries(fields)),
      }
    : {
        method,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      };
}

interface Answered {
  readonly what: string;
  readonly status: number;
  readonly digest: Digest;
}

async function request(
  bench: Workbench,
  { header, secret }: ApiSetting,
  call: Call,
  address: string,
  about: About,
): Promise<Answered> {
  const value = bench.secrets.get(secret);
  const [name = '', ...rest] = header.split(':');
  const credentials = rest.join(':').trim().replaceAll('{base64}', Buffer.from(value).toString('base64'));
  const url = placeholders(about, encodeURIComponent)(address);
  const { status, headers, text } = await callSite(bench, url, {
    ...call,
    headers: {
      accept: 'application/json',
      ...call.headers,
      [name]: credentials.replaceAll('{secret}', value),
    },
  });
  const to = headers.get('location');
  const led = isRedirect(status) && to !== null ? ` and leads to ${to}, where the service does not go` : '';
  const hide = (said: string) => redact(said, [value]);
  return {
    what: hide(`${call.method ?? 'GET'} ${url} answers ${String(status)}${led}`),
    status,
    digest: await bench.store.put(hide(text)),
  };
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** A server that is out of order may have carried it out all the same. */
function actedBy(status: number): YankAct['acted'] {
  if (isGood(status)) return true;
  return status >= 500 || status === 429 ? 'perhaps' : false;
}

function toDoAfter({ secret }: ApiSetting, { status, what }: Answered): string[] {
  if (isGood(status)) return [];
  if (status === 401 || status === 403)
    return [
      `${what}: put the secret ${secret} right, and the header of [yank.api]; then restart the worker.`,
    ];
  return [`${what}: look whether [yank.api] in slipway.toml is as the index wants it.`];
}

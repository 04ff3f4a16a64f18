import path from 'node:path';

import { ApplicationFailure } from '@temporalio/common';

import { isLoopback } from '../../../config/repository.js';
import type { IndexAddress } from '../../../contract/release.js';
import type { Evidence } from '../../../contract/verdict.js';
import { currentCancellation } from '../../support/cancellation.js';
import { siteOf } from '../../support/indexes.js';
import { redact } from '../../../evidence/redact.js';
import type { Workbench } from '../../support/workbench.js';
import { whyElsewhere } from '../place.js';
import { Browser } from './browser.js';
import type { Account } from './login.js';
import { Obstacle, Refused, Outage } from './obstacle.js';
import type { Owner } from './owner.js';
import { RememberedDevice } from './remembered-device.js';
import { isSeed } from './totp.js';

/** What came of something that an owner did or tried, in sentences that hold no secret. */
export interface Done {
  readonly evidence: readonly Evidence[];
  readonly toDo: readonly string[];
  /** The site is out of order, which may pass. */
  readonly passing?: boolean;
}

/** The owner of the production index's settings, logged in for as long as the process lives. */
export class OwnerSession {
  readonly #bench: Workbench;
  readonly #now: () => number;
  #begun: Promise<Begun> | undefined;
  #refused: Refused | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** The clock is that of the one-time codes, in milliseconds. */
  constructor(bench: Workbench, now: () => number) {
    this.#bench = bench;
    this.#now = now;
  }

  /** Lets the owner do something, one thing after the other; what keeps it from that is told and not thrown. */
  use(index: IndexAddress, body: (owner: Owner) => Promise<Done>): Promise<Done> {
    const mine = this.#turn.then(() => this.#use(index, body));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #use(index: IndexAddress, body: (owner: Owner) => Promise<Done>): Promise<Done> {
    const account = accountOf(this.#bench);
    if (typeof account === 'string') return untried(account);
    try {
      const problem = await placeProblem(this.#bench, index);
      if (problem !== undefined) return untried(problem);
      if (this.#refused !== undefined) throw this.#refused;
      const { owner, device } = await (this.#begun ??= this.#begin(siteOf(index), account));
      const { evidence, toDo } = await body(owner);
      return { evidence: [...evidence, ...(await kept(device, owner.browser))], toDo };
    } catch (error) {
      currentCancellation()?.throwIfAborted();
      if (error instanceof Refused) this.#refused = error;
      return hidden(stopped(error), account);
    }
  }

  async #begin(site: string, account: Account): Promise<Begun> {
    const browser = new Browser(this.#bench, site, this.#now);
    const device = deviceOf(this.#bench, site, account);
    await device?.lend(browser);
    return { owner: { browser, account, now: this.#now }, device };
  }
}

interface Begun {
  readonly owner: Owner;
  readonly device: RememberedDevice | undefined;
}

/** A full disk must not hide what was done. */
async function kept(device: RememberedDevice | undefined, browser: Browser): Promise<Evidence[]> {
  try {
    await device?.take(browser);
    return [];
  } catch (error) {
    return [{ what: `The cookie of the remembered device could not be kept: ${(error as Error).message}` }];
  }
}

function untried(why: string): Done {
  return { evidence: [{ what: `The owner's web form was not tried: ${why}` }], toDo: [] };
}

function stopped(error: unknown): Done {
  const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return {
    evidence: [{ what: `The owner's web form: ${why}` }],
    toDo: error instanceof Obstacle ? error.toDo : [],
    passing: error instanceof Outage || !(error instanceof Obstacle || error instanceof ApplicationFailure),
  };
}

/** A site's own words may repeat what was sent to it. */
function hidden({ evidence, toDo, ...rest }: Done, { secret }: Account): Done {
  const hide = (text: string) => redact(text, Object.values(secret));
  return {
    ...rest,
    evidence: evidence.map((each) => ({ ...each, what: hide(each.what) })),
    toDo: toDo.map(hide),
  };
}

/** Why an owner's web form is not even tried for an index; undefined where it is. */
export async function whyUntried(bench: Workbench, index: IndexAddress): Promise<string | undefined> {
  const account = accountOf(bench);
  return typeof account === 'string' ? account : placeProblem(bench, index);
}

/** The account of the settings, or why there is none. */
function accountOf({ settings, secrets }: Workbench): Account | string {
  const { web } = settings.yank;
  if (web === undefined) return 'the settings have no table [yank.web].';
  const missing = [web.password, web.seed].filter((name) => !secrets.has(name));
  if (missing.length > 0) return `it needs ${missing.join(' and ')}, which this worker does not hold.`;
  const secret = { password: secrets.get(web.password), seed: secrets.get(web.seed) };
  return isSeed(secret.seed)
    ? { ...web, secret }
    : `the secret ${web.seed} holds no seed of one-time codes, which is a text in base32.`;
}

/** Why the password is not sent there: it goes to the production index of this worker's own settings only, never in the clear. */
async function placeProblem(bench: Workbench, index: IndexAddress): Promise<string | undefined> {
  if (index.yanks === false) return `${index.name} cannot yank.`;
  const elsewhere = await whyElsewhere(bench, index);
  if (elsewhere !== undefined) return elsewhere;
  const { protocol, hostname, host } = new URL(siteOf(index));
  return protocol === 'https:' || isLoopback(hostname)
    ? undefined
    : `${host} would get the password in the clear.`;
}

function deviceOf({ settings }: Workbench, site: string, account: Account): RememberedDevice | undefined {
  if (settings.yank.web?.rememberDevice !== true) return undefined;
  return new RememberedDevice(path.join(settings.state, 'owner'), site, account);
}

import { z } from 'zod';
import type { CheckConclusion } from './changes.js';
import type { CiCheck } from './ci.js';

/** How a check came out, and what its command printed. */
export interface Outcome {
  readonly conclusion: CheckConclusion;
  readonly output: string;
}

const longestText = 60_000;

/** Reports checks to a forge's API. */
export class Reporter {
  readonly #repository: string;
  readonly #token: string;
  readonly #signal: AbortSignal;

  /** `repository` is its address in the API. */
  constructor(repository: string, token: string, signal: AbortSignal) {
    this.#repository = repository;
    this.#token = token;
    this.#signal = signal;
  }

  /** Says that a check runs; what is returned says how it came out. */
  async begin(
    { name, as = 'check-run' }: CiCheck,
    head: string,
  ): Promise<(outcome: Outcome) => Promise<void>> {
    if (as === 'status') {
      const say = (state: string, description: string) =>
        this.#send('POST', `/statuses/${head}`, { context: name, state, description });
      await say('pending', 'It runs.');
      return async ({ conclusion }) => {
        if (conclusion === 'skipped') throw new Error(`${name} is a status, which cannot be skipped`);
        await say(conclusion === 'success' ? 'success' : 'failure', `It ended: ${conclusion}.`);
      };
    }
    const created = await this.#send('POST', '/check-runs', { name, head_sha: head, status: 'in_progress' });
    const { id } = z.object({ id: z.number() }).parse(created);
    return async ({ conclusion, output }) => {
      const text = output.slice(-longestText);
      const said = { title: `${name}: ${conclusion}`, summary: `It ended: ${conclusion}.`, text };
      await this.#send('PATCH', `/check-runs/${id}`, { status: 'completed', conclusion, output: said });
    };
  }

  async #send(method: string, below: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.#repository}${below}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'user-agent': 'ci-stand-in' },
      body: JSON.stringify(body),
      signal: this.#signal,
    });
    if (!response.ok)
      throw new Error(`${method} ${below} answers ${response.status}: ${await response.text()}`);
    return response.json();
  }
}

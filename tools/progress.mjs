const QUIET_MS = 500;
const LIVE_MS = 100;
const PLAIN_MS = 15_000;

/**
 * Tells what a stage is doing at the moment.
 * @typedef {(doing: string) => void} Log
 */

/**
 * Does one stage of the set-up and shows on stderr, with the seconds it has taken, what it is doing: in one live line on
 * a terminal, else in a plain line every 15 seconds. A stage that is done at once shows nothing.
 * @template T
 * @param {string} title
 * @param {(log: Log) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function stage(title, work) {
  const live = process.stderr.isTTY;
  const began = performance.now();
  let doing = '';
  let shown = false;

  const line = () =>
    `${title}: ${doing || 'under way'} (${((performance.now() - began) / 1000).toFixed(0)} s)`;
  const show = () => {
    process.stderr.write(
      live ? `\r\x1b[2K${line().slice(0, (process.stderr.columns || 80) - 1)}` : `${line()}\n`,
    );
    shown = true;
    timer = setTimeout(show, live ? LIVE_MS : PLAIN_MS);
  };
  let timer = setTimeout(show, QUIET_MS);

  try {
    const result = await work((text) => (doing = text));
    doing = 'ready';
    return result;
  } catch (error) {
    doing = 'failed';
    shown = true;
    throw error;
  } finally {
    clearTimeout(timer);
    if (shown) process.stderr.write(`${live ? '\r\x1b[2K' : ''}${line()}\n`);
  }
}

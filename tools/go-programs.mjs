import { lastWords, run } from './run.mjs';

/**
 * How Go programs are built: the linker's flags, the build tags, and whether a C compiler takes part.
 * @typedef {{ ldflags: string, tags?: string, cgo?: boolean }} Build
 */

/**
 * Builds programs from a locked Go module, and tells how far it is.
 * @param {string} module the module's folder
 * @param {ReadonlyMap<string, string>} programs the path of each binary by the Go package that it is built from
 * @param {{ what: string, build: Build, log: import('./progress.mjs').Log }} options `what` is what people call them
 * @returns {Promise<string | undefined>} why they could not be built
 */
export async function buildGoPrograms(module, programs, { what, build, log }) {
  const { ldflags, tags = '', cgo = false } = build;
  const env = { ...process.env, CGO_ENABLED: cgo ? '1' : '0', GOWORK: 'off', GOFLAGS: '' };
  const go = (/** @type {string[]} */ args, /** @type {(line: string) => void} */ onLine) =>
    run('go', args, { cwd: module, env, onLine });

  if ((await run('go', ['version'])).code !== 0) return 'there is no Go to build it with';
  let modules = 0;
  const listed = await go(['list', '-deps', '-tags', tags, ...programs.keys()], (line) => {
    if (line.startsWith('go: downloading ')) log(`fetches the sources of ${what}, ${++modules} modules`);
  });
  if (listed.code !== 0) return `its Go modules could not be fetched (${lastWords(listed)})`;

  const count = listed.stdout.trim().split('\n').length;
  let compiled = 0;
  const tell = () => log(`builds ${what}, ${compiled} of ${count} packages compiled`);
  tell();
  for (const [path, binary] of programs) {
    const flags = ['-v', '-trimpath', '-buildvcs=false', '-tags', tags, '-ldflags', ldflags, '-o', binary];
    const built = await go(['build', ...flags, path], () => {
      compiled += 1;
      tell();
    });
    if (built.code !== 0) return `\`go build\` failed (${lastWords(built)})`;
  }
  return undefined;
}

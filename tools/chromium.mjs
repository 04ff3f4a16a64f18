import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keptPackage } from './kept-package.mjs';
import { Problem } from './problem.mjs';
import { lastWords, run } from './run.mjs';

const NAME = '@sparticuz/chromium';
const VERSION = '153.0.0';

/** Where `$SLIPWAY_CHROMIUM` does not say, only these machines have one. */
const isServed = process.platform === 'linux' && process.arch === 'x64';

/** Why `chromium` cannot give an answer here; undefined when it can. */
export function whyNoChromium() {
  return isServed || process.env.SLIPWAY_CHROMIUM
    ? undefined
    : 'npm has a Chromium for Linux on x64 only: name one in SLIPWAY_CHROMIUM';
}

/**
 * A headless Chromium and the environment that it runs in: `$SLIPWAY_CHROMIUM`, or else one from npm that brings its
 * libraries and its font along, so that an empty machine has it too and every picture looks the same.
 * @param {{ log: import('./progress.mjs').Log }} options
 */
export async function chromium({ log }) {
  const { SLIPWAY_CHROMIUM: wanted } = process.env;
  if (wanted) return { program: wanted, env: {} };
  const folder = await keptPackage(NAME, VERSION, { as: `chromium-${VERSION}`, log, furnish: unpack });
  const unpacked = unpackedIn(folder);
  return {
    program: join(unpacked, 'chromium'),
    env: { LD_LIBRARY_PATH: join(unpacked, 'al2023', 'lib'), FONTCONFIG_FILE: join(unpacked, 'fonts.conf') },
  };
}

/** @param {string} folder of the package */
function unpackedIn(folder) {
  return join(folder, 'unpacked');
}

/**
 * The package unpacks into the temporary folder, and its libraries only where it believes to be in a cloud's function.
 * @param {string} folder of the package
 */
async function unpack(folder) {
  const unpacked = unpackedIn(folder);
  await mkdir(unpacked);
  const unpacking = await run(
    process.execPath,
    ['--input-type=module', '--eval', `import it from '${NAME}'; await it.executablePath();`],
    {
      cwd: folder,
      env: { ...process.env, TMPDIR: unpacked, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
    },
  );
  if (unpacking.code !== 0)
    throw new Problem(`${NAME} ${VERSION} could not be unpacked.\n${lastWords(unpacking)}`);
  await writeFile(join(unpacked, 'fonts.conf'), fontsOf(join(unpacked, 'fonts')));
}

/**
 * The package's own configuration looks for the font where a cloud would have put it, and Chromium dies without one.
 * @param {string} folder of fonts
 */
function fontsOf(folder) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <cachedir>${join(folder, 'cache')}</cachedir>
</fontconfig>
`;
}

import { ConfigurationError } from '../../config/problems.js';
import { finding, type Finding } from '../../contract/verdict.js';
import type { PackageAt } from './package-at.js';

const address = /https?:\/\/[^\s<>"'()[\]]*codecov[^\s<>"'()[\]]*/gi;

/** README files at the top and documents below docs/. */
const judged = /^(readme[^/]*|docs\/.*\.(md|rst))$/i;

/** A finding for every Codecov badge or link that shows another branch than the base, with its file and line. */
export async function badgeFindings(at: PackageAt, base: string): Promise<Finding[]> {
  const files = at.entries.map(({ path }) => path).filter((path) => judged.test(path));
  const texts = await Promise.all(files.map(async (path) => ({ path, text: await readOrNothing(at, path) })));
  return texts.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        [...new Set(branchesIn(line))]
          .filter((branch) => branch !== base)
          .map((branch) =>
            finding(
              `${path}:${String(index + 1)}: a Codecov badge or link shows the branch ${branch}: make it show ${base}`,
              line.trim(),
            ),
          ),
      ),
  );
}

function branchesIn(line: string): string[] {
  return [...line.matchAll(address)].flatMap(([url]) => {
    const written =
      /\/branch\/(.+?)(\/graph\/.*|\/badge.*|\/?[?#].*|\/?)$/i.exec(url)?.[1] ??
      /[?&]branch=([^&#]+)/i.exec(url)?.[1];
    return written === undefined ? [] : [decoded(written)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What is no text holds no badge. */
async function readOrNothing(at: PackageAt, path: string): Promise<string> {
  try {
    return (await at.read(path)) ?? '';
  } catch (error) {
    if (error instanceof ConfigurationError) return '';
    throw error;
  }
}

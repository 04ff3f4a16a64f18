import type { BuildActivities } from '../contract/activities.js';
import { notYet } from '../contract/failures.js';
import type { IndexAddress, Manifest } from '../contract/release.js';
import { sortVersions, unpinnedRequirement } from '../contract/version.js';
import { finding, notPassed, type Evidence, type Finding, type Verdict } from '../contract/verdict.js';
import { listedVersions, passing } from './package-index.js';
import { engineNow } from './support/engine-clock.js';
import { makeEnvironment } from './support/environment.js';
import { onEveryPython, type Attempt } from './support/every-python.js';
import { withExtras } from './support/installed.js';
import { recall, remember } from './support/memory.js';
import { pipInstall } from './support/pip.js';
import { sameVersion } from './support/project-page.js';
import type { Workbench } from './support/workbench.js';

const patienceMilliseconds = 30 * 60 * 1000;
const betweenLooksSeconds = 10;

type Input = Parameters<BuildActivities['awaitFallback']>[0];

/** What one Python was given instead of the yanked version, or why that is no proof yet. */
type Taken =
  { readonly version?: string; readonly evidence: readonly Evidence[] } | { readonly wrong: Finding };

/** The proof of a yank by those whom it is for: they install without a pin, with pip, and get another version. */
export function createFallbackActivities(
  bench: Workbench,
  patience = patienceMilliseconds,
): Pick<BuildActivities, 'awaitFallback'> {
  return {
    async awaitFallback(input) {
      const since = recall<{ since: number }>()?.since ?? engineNow();
      remember({ since });
      const seen = await fallBack(bench, input).catch(passing);
      const isLate = engineNow() - since >= patience;
      if (typeof seen !== 'string') {
        if (seen.passed || isLate) return seen;
        throw notYet(seen.findings.map(({ title }) => title).join('; '), betweenLooksSeconds);
      }
      if (isLate) return notPassed([finding(`Nothing could be installed from ${input.index.name}: ${seen}`)]);
      throw notYet(seen, betweenLooksSeconds);
    },
  };
}

async function fallBack(bench: Workbench, input: Input): Promise<Verdict<{ versions: readonly string[] }>> {
  const { package: name, version } = input.manifest;
  // A version that a later one has replaced for good is asked for by nobody who does not pin it.
  const requirement =
    unpinnedRequirement(name, version, await listedVersions(bench, input.index, name)) ?? name;
  const versions = new Set<string>();
  const verdict = await onEveryPython(bench, input.source, async (attempt) => {
    const taken = await takeUnpinned(bench, attempt, input, requirement);
    if ('wrong' in taken) return notPassed([taken.wrong]);
    if (taken.version !== undefined) versions.add(taken.version);
    return { passed: true, evidence: taken.evidence };
  });
  return verdict.passed ? { ...verdict, versions: [...versions] } : verdict;
}

/** Installs in a new environment as users do: the package from its index, and what it needs from the main one. */
async function takeUnpinned(
  bench: Workbench,
  { place, config, python }: Attempt,
  { index, main, manifest }: Input,
  requirement: string,
): Promise<Taken> {
  const environment = await makeEnvironment(bench, place, place.at('environment'), python);
  const own = await pipInstall(bench, place, environment, {
    args: ['--no-deps', '--only-binary', ':all:', requirement],
    index,
  });
  if ('refused' in own) return refusedFor(bench, own.refused, { index, manifest, requirement });
  const [taken] = own.installed;
  if (taken === undefined || sameVersion(taken.version, manifest.version))
    return {
      wrong: finding(
        `pip install ${requirement} still takes ${manifest.package} ${manifest.version} from ${index.name}`,
      ),
    };
  const pinned = `${withExtras(manifest.package, config)}==${taken.version}`;
  const rest = await pipInstall(bench, place, environment, { args: [pinned], index: main });
  if ('refused' in rest) return { wrong: rest.refused };
  const what = `pip install ${requirement} takes ${taken.name} ${taken.version} from ${index.name}, unpinned`;
  return { version: taken.version, evidence: [{ what }, own.evidence] };
}

/** That pip finds nothing is a proof where it has seen the yanked version, or where no version is left that it could take. */
async function refusedFor(
  bench: Workbench,
  refused: Finding,
  { index, manifest, requirement }: { index: IndexAddress; manifest: Manifest; requirement: string },
): Promise<Taken> {
  const said = refused.log === undefined ? '' : (await bench.store.get(refused.log)).toString('utf8');
  const [, ignored = ''] = /Ignored the following yanked versions: (.*)/.exec(said) ?? [];
  const passedOver = ignored.split(', ').some((version) => sameVersion(version.trim(), manifest.version));
  const isGone = index.yanks === false && (await isLowest(bench, index, manifest));
  if (!said.includes('No matching distribution found') || !(passedOver || isGone)) return { wrong: refused };
  const why = passedOver
    ? `and passes over ${manifest.version} as yanked`
    : 'where nothing else is listed for it';
  const what = `pip install ${requirement} finds no matching distribution on ${index.name}, ${why}`;
  return { evidence: [{ what, ...(refused.log === undefined ? {} : { digest: refused.log }) }] };
}

async function isLowest(
  bench: Workbench,
  index: IndexAddress,
  { package: name, version }: Manifest,
): Promise<boolean> {
  const listed = await listedVersions(bench, index, name);
  return !listed.includes(version) && sortVersions([...listed, version])[0] === version;
}

import type { BuildActivities, Installation } from '../contract/activities.js';
import type { IndexAddress, Manifest } from '../contract/release.js';
import { unpinnedRequirement } from '../contract/version.js';
import { finding, notPassed, type Evidence, type Finding, type Verdict } from '../contract/verdict.js';
import { listedVersions } from './package-index.js';
import { describeEnvironment, makeEnvironment, type EnvironmentDescription } from './support/environment.js';
import { onEveryPython, type Attempt } from './support/every-python.js';
import { importTrouble, withExtras } from './support/installed.js';
import { onLocalIndex } from './support/local-index.js';
import { proveListed, wheelOf } from './support/own-wheel.js';
import { pipInstall, strangerFindings, type Installed } from './support/pip.js';
import { sameAddress, sameVersion } from './support/project-page.js';
import { count } from './support/wording.js';
import type { Workbench } from './support/workbench.js';

type Input = Installation & { readonly pinned: boolean };

/** The clean installation of steps 5 and 10: with pip, as users install, proved by pip's own report. */
export function createInstallationActivities(bench: Workbench): Pick<BuildActivities, 'checkInstallation'> {
  return {
    async checkInstallation(input) {
      return onIndexOf(bench, input, (index) =>
        onEveryPython(bench, input.source, (attempt) => checkInstallation(bench, attempt, input, index)),
      );
    },
  };
}

async function checkInstallation(
  bench: Workbench,
  { place, config, python }: Attempt,
  input: Input,
  index: IndexAddress,
): Promise<Verdict> {
  const { manifest, main } = input;
  const { constraints, importName } = config;
  const environment = await makeEnvironment(bench, place, place.at('environment'), python);
  const { requirement, how } = await requirementOf(bench, index, input);
  const { url } = await proveListed(bench, index, manifest, wheelOf(manifest));

  const own = await pipInstall(bench, place, environment, {
    args: ['--no-deps', '--only-binary', ':all:', requirement],
    index,
  });
  if ('refused' in own) return notPassed([own.refused]);
  const wrong = ownFindings(own.installed, { index, url, manifest, requirement });
  if (wrong.length > 0) return notPassed(wrong, [own.evidence]);

  const limits = constraints === undefined ? [] : ['--constraint', place.at('checkout', constraints)];
  const pinned = `${withExtras(manifest.package, config)}==${manifest.version}`;
  const rest = await pipInstall(bench, place, environment, { args: [...limits, pinned], index: main });
  if ('refused' in rest) return notPassed([rest.refused], [own.evidence]);
  const described = await describeEnvironment(place, environment, { package: manifest.package, importName });
  const findings = [
    ...(await strangerFindings(bench, rest.installed, main)),
    ...versionFindings(described, manifest),
  ];
  const reports = [own.evidence, rest.evidence];
  if (findings.length > 0) return notPassed(findings, reports);
  return {
    passed: true,
    evidence: [...proofs(input, index, { how, rest: rest.installed, described }), ...reports],
  };
}

/** The index that the files are on; where they are on none, one of our own that serves the kept files. */
function onIndexOf(
  bench: Workbench,
  { origin, manifest }: Input,
  body: (index: IndexAddress) => Promise<Verdict>,
): Promise<Verdict> {
  return 'index' in origin ? body(origin.index) : onLocalIndex(bench.store, manifest, body);
}

/** What is asked of pip: the exact version, or what users ask for who take what is newest of its line. */
async function requirementOf(
  bench: Workbench,
  index: IndexAddress,
  { manifest, pinned }: Input,
): Promise<{ requirement: string; how: string }> {
  const { package: name, version } = manifest;
  const exact = `${name}==${version}`;
  if (pinned) return { requirement: exact, how: exact };
  const requirement = unpinnedRequirement(name, version, await listedVersions(bench, index, name));
  return requirement === undefined
    ? { requirement: exact, how: `${exact}, pinned because its final version is out` }
    : { requirement, how: `${requirement}, unpinned` };
}

function ownFindings(
  installed: readonly Installed[],
  expected: { index: IndexAddress; url: string; manifest: Manifest; requirement: string },
): Finding[] {
  const { index, url, manifest, requirement } = expected;
  const [own, ...others] = installed;
  if (own === undefined || others.length > 0)
    return [
      finding(`pip install ${requirement} installed ${String(installed.length)} packages instead of one`),
    ];
  const said = `pip install ${requirement} took ${own.name} ${own.version}`;
  if (own.name !== manifest.package || !sameVersion(own.version, manifest.version))
    return [finding(`${said} instead of ${manifest.package} ${manifest.version}`)];
  const wheel = wheelOf(manifest);
  return [
    ...(own.sha256 === wheel.sha256
      ? []
      : [finding(`${said} with sha256 ${own.sha256} instead of ${wheel.sha256}`)]),
    ...(sameAddress(own.url, url)
      ? []
      : [finding(`${said} from ${own.url}, but ${index.name} lists ${url}`)]),
    ...(own.yanked ? [finding(`${said}, which ${index.name} says is yanked`)] : []),
  ];
}

function versionFindings(described: EnvironmentDescription, { version }: Manifest): Finding[] {
  const { version: installed, moduleVersion, importError } = described;
  if (importError !== undefined)
    return [finding(`The installed package cannot be imported: ${importTrouble(importError)}`)];
  return [
    ...(installed === version
      ? []
      : [finding(`importlib.metadata says ${installed ?? 'nothing'} instead of ${version}`)]),
    ...(moduleVersion === undefined || moduleVersion === version
      ? []
      : [finding(`__version__ says ${moduleVersion} instead of ${version}`)]),
  ];
}

function proofs(
  { manifest, main }: Input,
  index: IndexAddress,
  seen: { how: string; rest: readonly Installed[]; described: EnvironmentDescription },
): Evidence[] {
  const { filename, sha256 } = wheelOf(manifest);
  const also = seen.described.moduleVersion === undefined ? '' : ' and __version__';
  return [
    { what: `pip installed ${filename} (sha256 ${sha256}) from ${index.name}: ${seen.how}` },
    { what: `${count(seen.rest.length, 'other package')}, each listed with its sha256 by ${main.name}` },
    { what: `importlib.metadata${also} say${also === '' ? 's' : ''} ${manifest.version}` },
  ];
}

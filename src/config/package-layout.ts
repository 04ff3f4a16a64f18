import path from 'node:path';

import { normaliseName } from '../contract/version.js';

/** Where a package's code lies in its repository. */
export interface Layout {
  /** The folder whose lines are measured, or the one module of a flat package. */
  readonly source: string;
  readonly importName: string;
}

/** Folders beside a flat package that may hold an `__init__.py` and are not what is released. */
const besidePackages = /^(tests?|testing|docs?|examples?|benchmarks?|scripts|tools|build|dist)$/;

/** Finds the package in a list of files, unless `given` says where it lies; a text says why it cannot be found. */
export function findLayout(
  files: readonly string[],
  name: string,
  given: { readonly source?: string | undefined; readonly importName?: string | undefined },
): Layout | string {
  const { source, importName } = given;
  const home = files.some((file) => file.startsWith('src/') && file.endsWith('.py')) ? 'src' : '';
  const chosen = importName === undefined ? chooseFrom(files, { source, home, name }) : { importName };
  if (typeof chosen === 'string') return chosen;
  return { ...chosen, source: source ?? sourceOf(files, home, chosen.importName) };
}

/** The import name by the source that a person gave, or else by what the package is called. */
function chooseFrom(
  files: readonly string[],
  { source, home, name }: { source: string | undefined; home: string; name: string },
): { importName: string } | string {
  if (source?.endsWith('.py') === true) return { importName: path.basename(source, '.py') };
  if (source !== undefined) return chooseWithin(files, source, home, name);
  const module = home === '' ? ownModule(files, name) : undefined;
  return module === undefined ? choose(importNames(files, home), home, name) : { importName: module };
}

/** The one module beside pyproject.toml that is called like the package, where there is no folder of that name. */
function ownModule(files: readonly string[], name: string): string | undefined {
  const modules = files.flatMap((file) => /^(\w+)\.py$/.exec(file)?.[1] ?? []);
  return modules.find(
    (module) => normaliseName(module) === normaliseName(name) && !files.includes(`${module}/__init__.py`),
  );
}

function sourceOf(files: readonly string[], home: string, importName: string): string {
  const folder = folderOf(importName);
  const isModule = files.includes(`${folder}.py`) && !files.includes(`${folder}/__init__.py`);
  return home || (isModule ? `${folder}.py` : folder);
}

/** The source that a person gave is the package's own folder, or the one that holds it. */
function chooseWithin(files: readonly string[], source: string, home: string, name: string) {
  if (!files.includes(`${source}/__init__.py`)) return choose(importNames(files, source), source, name);
  const own = importNames(files, home).filter((other) => within(home, folderOf(other)) === source);
  return choose(own, home, name);
}

function choose(found: readonly string[], root: string, name: string): { importName: string } | string {
  const chosen = found.find((other) => normaliseName(other) === normaliseName(name));
  const importName = chosen ?? (found.length === 1 ? found[0] : undefined);
  if (importName !== undefined) return { importName };
  const where = root === '' ? 'beside pyproject.toml' : `in ${root}/`;
  return found.length === 0
    ? `no package with an __init__.py was found ${where} (or a module called like the package): set source and import-name under [tool.slipway]`
    : `${found.join(', ')} were found ${where}, and none is called like ${name}: set import-name under [tool.slipway]`;
}

/** The folder of the package itself, or undefined for a single module. */
export function packageFolder(files: readonly string[], layout: Layout): string | undefined {
  const folder = folderOf(layout.importName);
  return [within(layout.source, folder), within('src', folder), folder].find((candidate) =>
    files.includes(`${candidate}/__init__.py`),
  );
}

/** The file of a package that is a single module. */
export function moduleFile(files: readonly string[], { source, importName }: Layout): string {
  const module = `${folderOf(importName)}.py`;
  return source === module || files.includes(module) ? module : within(source, module);
}

function importNames(files: readonly string[], root: string): string[] {
  const prefix = root === '' ? '' : `${root}/`;
  const inside = files.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
  const folders = inside
    .filter((file) => file.endsWith('/__init__.py'))
    .map((file) => file.slice(0, -'/__init__.py'.length));
  const outermost = folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
  const modules =
    root === '' ? [] : inside.filter((file) => /^[^/]+\.py$/.test(file)).map((file) => file.slice(0, -3));
  return [...outermost, ...modules]
    .filter((folder) => folder.split('/').every((part) => /^[A-Za-z_]\w*$/.test(part)))
    .filter((folder) => root !== '' || !besidePackages.test(folder.split('/')[0] ?? ''))
    .map((folder) => folder.replaceAll('/', '.'));
}

function folderOf(importName: string): string {
  return importName.replaceAll('.', '/');
}

function within(root: string, folder: string): string {
  return root === '' ? folder : `${root}/${folder}`;
}

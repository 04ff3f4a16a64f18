import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { layers, type Layer } from '../../tools/fences.mjs';
import { root } from '../../tools/paths.mjs';

/** One import of one file, of any kind: of a value or a type, a re-export, `import()` or `require()`. */
export interface Import {
  /** The importing file, from the root of the checkout. */
  readonly from: string;
  /** What it names: a package, a `node:` module, or a file from the root of the checkout. */
  readonly to: string;
}

/** The TypeScript files below a folder of the checkout, from its root. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join(folder, name))
    .sort();
}

/** The imports of a file as TypeScript sees them. */
export function importsOf(file: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(root, file), 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => ({
    from: file,
    to: fileName.startsWith('.') ? path.posix.join(path.posix.dirname(file), fileName) : fileName,
  }));
}

/** The layer that a file belongs to: the one with the longest place that holds it. */
export function layerOf(file: string): Layer | undefined {
  const asSource = file.replace(/\.js$/, '.ts');
  const placeLength = ({ places }: Layer): number =>
    Math.max(0, ...places.filter((place) => holds(place, asSource)).map((place) => place.length));
  const [closest] = layers.toSorted((a, b) => placeLength(b) - placeLength(a));
  return closest && placeLength(closest) > 0 ? closest : undefined;
}

/** Whether the layer of the importing file allows an import. */
export function isAllowed({ from, to }: Import): boolean {
  const layer = layerOf(from);
  if (!layer) return false;
  if (to.startsWith('node:'))
    return layer.node && !(layer.nodeExcept ?? []).includes(to.slice('node:'.length));
  const target = layerOf(to);
  if (target) return target.name === layer.name || layer.layers.includes(target.name);
  return layer.packages.some((name) => to === name || to.startsWith(`${name}/`));
}

function holds(place: string, file: string): boolean {
  return place.endsWith('/') ? file.startsWith(place) : file === place;
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.mjs';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };

function read(name: string): string {
  return readFileSync(path.join(root, name), 'utf8');
}

test('the npm lock file names no place to load from', () => {
  expect(Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test('the npm lock file holds the optional packages of every platform', () => {
  const absent = Object.values(lock.packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => !Object.keys(lock.packages).some((place) => place.endsWith(`node_modules/${name}`)));
  expect(absent).toEqual([]);
});

test('every npm package is wanted at one exact version', () => {
  const { dependencies, devDependencies } = lock.packages[''] ?? {};
  const wanted = Object.entries({ ...dependencies, ...devDependencies });
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(range))).toEqual([]);
});

test('all Temporal packages are one version, each once', () => {
  const temporal = Object.entries(lock.packages).filter(([place]) =>
    /node_modules\/@temporalio\/[^/]+$/.test(place),
  );
  expect(new Set(temporal.map(([, { version }]) => version)).size).toBe(1);
  expect(temporal.filter(([place]) => place.lastIndexOf('node_modules/') > 0)).toEqual([]);
});

test('the Python requirements lock every wanted tool by hash', () => {
  const requirements = read('tools/python/requirements.txt').matchAll(
    /^([\w.-]+)==(\S+).*\\\n( +--hash=sha256:\w+)/gm,
  );
  const locked = [...requirements].map(([, name, version]) => `${name}==${version}`);
  const wanted = [...read('tools/python/requirements.in').matchAll(/^\w\S+/gm)].map(([it]) => it);
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.filter((it) => !locked.includes(it))).toEqual([]);
});

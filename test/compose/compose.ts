import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../../tools/paths.mjs';

const mount = z.union([
  z.string(),
  z.object({ type: z.string(), source: z.string(), target: z.string(), read_only: z.boolean().optional() }),
]);

const service = z.object({
  image: z.string().optional(),
  build: z.string().optional(),
  user: z.string().optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(mount).default([]),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
  init: z.boolean(),
  read_only: z.boolean(),
  privileged: z.boolean().default(false),
  cap_add: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
});

const composeFile = z.object({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) }).nullable()),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});

/** A service of docker-compose.yml, as far as tests look at it. */
export type Service = z.output<typeof service>;

/** docker-compose.yml as it is written, with its anchors and merges resolved. */
export const document: unknown = parse(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8'), {
  merge: true,
});

/** docker-compose.yml, as far as tests look at it. */
export const compose = composeFile.parse(document);

/** One service by its name. */
export function serviceNamed(name: string): Service {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** A mount's source and target, and whether the service may only read it. */
export function mountOf(volume: Service['volumes'][number]): {
  source: string;
  target: string;
  readOnly: boolean;
} {
  if (typeof volume !== 'string') {
    return { source: volume.source, target: volume.target, readOnly: volume.read_only === true };
  }
  const [source = '', target = '', mode] = volume.split(':');
  return { source, target, readOnly: mode === 'ro' };
}

/** A text with its `${NAME:?message}` filled in; throws the message where a variable is missing or empty. */
export function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+):\?([^}]*)\}/g, (_, name: string, message: string) => {
    const value = variables[name] ?? '';
    if (value === '') throw new Error(`${name} is missing: ${message}`);
    return value;
  });
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.mjs';
import { compose, document, mountOf, serviceNamed } from './compose.js';

const services = Object.entries(compose.services);
const fullTag = /^[\w./-]+:\d+\.\d+[\w.-]*$/;

function read(name: string): string {
  return readFileSync(path.join(root, name), 'utf8');
}

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(
  JSON.parse(read('test/compose/compose-spec.json')) as object,
);

test('docker-compose.yml keeps the schema of the Compose specification', () => {
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
});

test('the schema refuses a key that Compose does not know', () => {
  expect(validate({ services: { worker: { image: 'a:1.0', stop_grace_periode: '2m' } } })).toBe(false);
});

test('Docker Compose itself accepts docker-compose.yml and wants a password', async ({ skip }) => {
  const config = (env: Record<string, string>) =>
    execa('docker', ['compose', '--env-file', '/dev/null', 'config', '--quiet'], {
      cwd: root,
      env,
      reject: false,
    });
  const { exitCode } = await execa('docker', ['compose', 'version'], { reject: false });
  skip(exitCode !== 0, 'there is no Docker client with the Compose plugin');

  expect(await config({ POSTGRES_PASSWORD: 'x' })).toMatchObject({ exitCode: 0 });
  expect((await config({ POSTGRES_PASSWORD: '' })).stderr).toContain('POSTGRES_PASSWORD');
});

test.each(services)('the image of %s is built here or pinned to a full version', (_, { image, build }) => {
  expect(image === undefined ? build : image).toMatch(image === undefined ? /^\.$/ : fullTag);
});

test('the server, its tools and the Go module that stands for them in tests are one version', () => {
  const [, tested] = /\sgo\.temporal\.io\/server v(\S+)/.exec(read('tools/temporal-server/go.mod')) ?? [];
  const images = services.map(([, { image }]) => image);
  const versions = images
    .filter((it) => /\/(server|admin-tools):/.test(it ?? ''))
    .map((it) => it?.split(':')[1]);
  expect(versions).toEqual([tested, tested, tested]);
});

test('what is published is published on loopback', () => {
  const ports = services.flatMap(([, service]) => service.ports);
  expect(ports.length).toBeGreaterThan(0);
  expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
});

test('the database is reached by its schema job and the server alone, and by nobody outside', () => {
  const inside = services.filter(([, { networks }]) => networks.includes('database')).map(([name]) => name);
  expect(inside.sort()).toEqual(['postgresql', 'schema', 'temporal']);
  expect(compose.networks['database']).toEqual({ internal: true });
  expect(serviceNamed('postgresql').ports).toEqual([]);
});

test('no password stands in the file, and none has a default', () => {
  const passwords = services.flatMap(([, { environment }]) =>
    Object.entries(environment).filter(([name]) => /PASSWORD|PWD|TOKEN(?!_FILE)|SECRET|KEY/.test(name)),
  );
  expect(passwords.length).toBe(3);
  expect(passwords.filter(([, value]) => !/^\$\{POSTGRES_PASSWORD:\?[^}]+\}$/.test(value))).toEqual([]);
});

test('tokens come as files, to the worker alone', () => {
  expect(services.filter(([, { secrets }]) => secrets.length > 0).map(([name]) => name)).toEqual(['worker']);
  const { secrets, environment } = serviceNamed('worker');
  expect(secrets).toEqual(Object.keys(compose.secrets));
  for (const name of secrets) expect(environment[`${name}_FILE`]).toBe(`/run/secrets/${name}`);
});

test('git ignores the files of the tokens and of the password', async () => {
  const files = [...Object.values(compose.secrets).map(({ file }) => file), '.env'];
  const { stdout } = await execa('git', ['check-ignore', ...files], { cwd: root });
  expect(stdout.split('\n')).toEqual(files);
});

test('every mount is a named volume or a file to be read, and none is the engine', () => {
  const mounts = services.flatMap(([, { volumes }]) => volumes.map(mountOf));
  const named = mounts.filter(({ source }) => !source.startsWith('.'));
  expect(named.map(({ source }) => source).sort()).toEqual(Object.keys(compose.volumes).sort());
  expect(mounts.filter((it) => !named.includes(it) && !it.readOnly)).toEqual([]);
  expect(mounts.filter(({ source }) => source.includes('docker.sock'))).toEqual([]);
});

test.each(services)('%s has no rights that it does not need', (_, service) => {
  expect(service).toMatchObject({
    init: true,
    read_only: true,
    privileged: false,
    cap_drop: ['ALL'],
    cap_add: [],
    security_opt: ['no-new-privileges:true'],
  });
});

test('a job is run once, and everything else is started again', () => {
  const waitedFor = services.flatMap(([, { depends_on: needs }]) => Object.entries(needs));
  const jobs = waitedFor
    .filter(([, it]) => it.condition === 'service_completed_successfully')
    .map(([name]) => name);
  const restarts = Object.fromEntries(services.map(([name, { restart }]) => [name, restart]));
  expect([...new Set(jobs)].sort()).toEqual(['namespace', 'schema']);
  expect(
    Object.entries(restarts)
      .filter(([, it]) => it === 'no')
      .map(([name]) => name),
  ).toEqual(['schema', 'namespace']);
});

test('who waits for a healthy service waits for one with a health check', () => {
  const waitedFor = services.flatMap(([, { depends_on: needs }]) => Object.entries(needs));
  const healthy = waitedFor.filter(([, it]) => it.condition === 'service_healthy').map(([name]) => name);
  expect(healthy.sort()).toEqual(['postgresql', 'temporal']);
  for (const name of healthy) expect(serviceNamed(name).healthcheck).toBeDefined();
});

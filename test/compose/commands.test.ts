import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { taskQueue, zones } from '../../src/contract/zones.js';
import { searchAttributes } from '../../src/contract/handles.js';
import { root } from '../../tools/paths.mjs';
import { stage } from '../../tools/progress.mjs';
import { temporalServer, whyNoTemporalServer } from '../../tools/temporal-server.mjs';
import { freePort } from '../../src/up/temporal-server.js';
import { Machine } from './machine.js';
import { postgresqlPrograms } from './postgresql.js';

const postgresql = postgresqlPrograms();
const whyNot = postgresql === undefined ? 'there is no PostgreSQL server' : await whyNoTemporalServer();
const buildMinutes = 30;

let server: string;
let machine: Machine;

beforeEach(({ skip }) => {
  skip(whyNot !== undefined, whyNot);
});

beforeAll(async () => {
  if (postgresql === undefined || whyNot !== undefined) return undefined;
  server = await stage('Temporal server for PostgreSQL (for test/compose)', (log) => temporalServer({ log }));
  machine = await Machine.make({ postgresql, temporalServer: server, temporal: inject('temporalBinary') });
  await machine.startDatabase();
  return () => machine.end();
}, buildMinutes * 60_000);

test('the database is healthy', async () => {
  expect(await machine.checkHealth('postgresql')).toMatchObject({ exitCode: 0 });
});

test('the schema job fails where the password is wrong', async () => {
  const { exitCode, said } = await machine.runSchemaJob({ SQL_PASSWORD: 'wrong' });
  expect(exitCode).toBe(1);
  expect(said).toContain('password authentication failed');
});

test('the schema job makes both databases, and changes nothing when it is run again', async () => {
  const version = (database: string) => machine.query(database, 'select curr_version from schema_version');
  const versions = () => Promise.all(['temporal', 'temporal_visibility'].map(version));

  expect(await machine.runSchemaJob()).toMatchObject({ exitCode: 0 });
  const made = await versions();
  expect(made).toEqual([expect.stringMatching(/^1\.\d+$/), expect.stringMatching(/^1\.\d+$/)]);
  expect(await machine.runSchemaJob()).toMatchObject({ exitCode: 0 });
  expect(await versions()).toEqual(made);
});

test('the server knows every key of its dynamic configuration', async () => {
  const file = path.join(root, 'deploy', 'dynamic-config.yaml');
  const { stdout } = await execa(path.join(server, 'temporal-server'), ['validate-dynamic-config', file]);
  expect(stdout.trim()).toBe(file);
});

test('the server starts on the database and is healthy', async ({ skip }) => {
  await machine.startTemporal();
  const { exitCode } = await execa('wget', ['--version'], { reject: false });
  skip(exitCode !== 0, 'there is no wget');
  expect(await machine.checkHealth('temporal')).toMatchObject({ exitCode: 0 });
});

test('the namespace job makes a namespace that keeps releases for 90 days, and may be run again', async () => {
  for (const time of ['first', 'second']) {
    expect(await machine.runNamespaceJob(), time).toMatchObject({ exitCode: 0 });
    expect(await machine.ask('operator', 'namespace', 'describe', '--namespace', 'default')).toMatchObject({
      config: { workflowExecutionRetentionTtl: `${90 * 24 * 3600}s` },
    });
  }
});

test('the namespace job adds the search attributes of a release', async () => {
  const wanted = Object.values(searchAttributes).map((name) => [name, 'INDEXED_VALUE_TYPE_KEYWORD']);
  expect(await machine.ask('operator', 'search-attribute', 'list')).toMatchObject({
    customAttributes: Object.fromEntries(wanted) as unknown,
  });
});

test('a release can be started as soon as the namespace job has ended', async () => {
  for (const name of ['first', 'second', 'third']) {
    expect(await machine.runNamespaceJob({ TEMPORAL_NAMESPACE: name }), name).toMatchObject({ exitCode: 0 });
    const release = [
      '--workflow-id',
      'release/demo/1.0',
      '--type',
      'releasePackage',
      '--task-queue',
      'nobody',
    ];
    const attributes = Object.values(searchAttributes).flatMap((it) => [
      '--search-attribute',
      `${it}="demo"`,
    ]);
    await machine.temporal('workflow', 'start', '--namespace', name, ...release, ...attributes);
  }
});

test('the namespace job corrects a namespace that forgets too soon', async () => {
  const forgetful = ['--namespace', 'forgetful'];
  await machine.temporal('operator', 'namespace', 'create', ...forgetful, '--retention', '24h');
  expect(await machine.runNamespaceJob({ TEMPORAL_NAMESPACE: 'forgetful' })).toMatchObject({ exitCode: 0 });
  expect(await machine.ask('operator', 'namespace', 'describe', ...forgetful)).toMatchObject({
    config: { workflowExecutionRetentionTtl: `${90 * 24 * 3600}s` },
  });
});

test('the namespace job fails where no server answers', async () => {
  const { exitCode, said } = await machine.runNamespaceJob({
    TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}`,
  });
  expect(exitCode).toBe(1);
  expect(said).toContain('failed reaching server');
});

test('the worker serves every zone, and stops when it is told to', async () => {
  await machine.startWorker();
  for (const zone of zones) {
    const queue = await machine.ask('task-queue', 'describe', '--task-queue', taskQueue(zone));
    expect(queue, zone).toMatchObject({ pollers: expect.arrayContaining([expect.anything()]) as unknown });
  }
  expect(await machine.stop('worker')).toEqual({ forced: false });
});

test('a release is found by its attributes after the database and the server were started again', async () => {
  const release = ['--workflow-id', 'release/demo/1.0', '--type', 'releasePackage', '--task-queue', 'nobody'];
  const attribute = searchAttributes.package;
  await machine.temporal('workflow', 'start', ...release, '--search-attribute', `${attribute}="demo"`);
  expect(await machine.stop('temporal')).toEqual({ forced: false });
  expect(await machine.stop('postgresql')).toEqual({ forced: false });
  await machine.startDatabase();
  await machine.startTemporal();
  const found = await machine.ask('workflow', 'list', '--query', `${attribute}="demo"`);
  expect(found).toMatchObject([{ execution: { workflowId: 'release/demo/1.0' } }]);
});

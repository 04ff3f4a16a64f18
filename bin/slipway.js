#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isBuilt } from '../tools/build.mjs';
import { root } from '../tools/paths.mjs';

const client = join(root, 'dist', 'src', 'client.js');
const isCheckout = existsSync(join(root, 'src'));

if (!existsSync(client) || (isCheckout && !isBuilt())) {
  console.error(
    'Slipway is not built from the sources as they are now: run `npm run setup`, then try again.',
  );
  process.exitCode = 1;
} else {
  await import(client);
}

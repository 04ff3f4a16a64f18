import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';

import type { answers } from '../../src/client/answers.js';
import { root } from '../../tools/paths.mjs';

/** What is wrong with an answer of the client by its published schema, and what that does not name; nothing as a rule. */
export function problemsOf(name: keyof typeof answers, answer: unknown): string[] {
  const file = path.join(root, 'docs', 'schemas', `${name}.schema.json`);
  const ajv = new Ajv2020({ validateFormats: false });
  ajv.validate(JSON.parse(readFileSync(file, 'utf8'), closed) as object, answer);
  return (ajv.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

/** A schema leaves room for fields of later versions; what is printed today it has to name. */
function closed(_key: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && 'properties' in value;
  return isObject ? { additionalProperties: false, ...value } : value;
}

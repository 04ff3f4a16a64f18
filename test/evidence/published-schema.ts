import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';

const published = path.join(import.meta.dirname, '..', '..', 'docs', 'schemas', 'evidence.schema.json');

// The form of a time stands in the schema's patterns too, so its name needs no checker of its own.
const validate = new Ajv2020({ allErrors: true, formats: { 'date-time': true } }).compile(
  JSON.parse(readFileSync(published, 'utf8')) as object,
);

/** What of a text is not evidence as the published schema describes it. */
export function problemsOf(text: string): string[] {
  validate(JSON.parse(text));
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

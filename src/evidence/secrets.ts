import { redact } from './redact.js';

/** Texts that are secrets wherever they stand: tokens that name themselves, private keys, passwords in addresses. */
const telling: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[secret]'],
  [/\bpypi-[\w-]{16,}/g, '[secret]'],
  [/\b(gh[pousr]_|github_pat_|glpat-)[\w-]{16,}/g, '[secret]'],
  [/\bsk-[\w-]{16,}/g, '[secret]'],
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/g, '[secret]'],
  [/\bxox[abprs]-[\w-]{10,}/g, '[secret]'],
  [/(\/\/)[^\s/@:]*:[^\s/@]+@/g, '$1[secret]@'],
];

const naming = /TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|SEED|API_?KEY|_KEY$/i;
/** Shorter values are words that stand everywhere. */
const shortest = 8;

/** The values of an environment whose names say that they are secrets. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    naming.test(name) && value.length >= shortest ? [value] : [],
  );
}

/** The same value, with these secrets and everything that is one by its look taken out of every text in it. */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  const cleaned = (inner: unknown): unknown => {
    if (typeof inner === 'string') return clean(inner, secrets);
    if (Array.isArray(inner)) return inner.map(cleaned);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, own]) => [key, cleaned(own)]));
  };
  return cleaned(value) as T;
}

function clean(text: string, secrets: readonly string[]): string {
  return telling.reduce((rest, [look, instead]) => rest.replace(look, instead), redact(text, secrets));
}

import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { layers } from './tools/fences.mjs';

export default defineConfig([
  globalIgnores(['dist/']),
  {
    files: ['**/*.{ts,js,mjs}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      complexity: ['error', 10],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of `as const` values instead of an enum.' },
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'ExportSpecifier[exported.name="default"]', message: 'Export by name.' },
      ],
      'prefer-const': 'error',
    },
  },
  { files: ['*.config.{js,ts}'], rules: { 'no-restricted-syntax': 'off' } },
  // A type in JavaScript stands in a comment, which this rule does not see.
  { files: ['**/*.{js,mjs}'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
  {
    files: ['test/**'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/require-await': 'off' },
  },
  layers.map(fence),
]);

/** @param {import('./tools/fences.mjs').Layer} layer */
function fence(layer) {
  return {
    name: `fence around ${layer.name}`,
    files: layer.places.map((place) => (place.endsWith('/') ? `${place}**` : place)),
    rules: {
      // A layer inside another one may be allowed more: an empty list would leave the outer layer's in force.
      // A layer inside another one may be allowed more: an empty list would leave the outer layer's in force.
      'no-restricted-globals': /** @type {['error' | 'off', ...object[]]} */ ([
        layer.globals.length === 0 ? 'off' : 'error',
        ...layer.globals.map((name) => ({ name, message: `The layer ${layer.name} may not use it.` })),
      ]),
      'no-restricted-imports': /** @type {['error', object]} */ ([
        'error',
        { patterns: forbiddenImports(layer).map((regex) => ({ regex, message: whatIsAllowed(layer) })) },
      ]),
    },
  };
}

/**
 * Regular expressions for what a layer may not import, as far as the text of an import tells; test/architecture resolves
 * it to files.
 * @param {import('./tools/fences.mjs').Layer} layer
 */
function forbiddenImports(layer) {
  const closed = layers.filter(({ name }) => name !== layer.name && !layer.layers.includes(name));
  const places = closed
    .flatMap((it) => it.places)
    .map((place) => place.replace(/^src\//, '').replace(/\.ts$/, '.js'));
  const ownPackages = layer.packages.map((name) => `${name}(/|$)`);
  return [
    ...places.map((place) => `^(\\.{1,2}/)+(src/)?${place.replaceAll('.', '\\.')}`),
    `^(?!\\.|node:|${ownPackages.join('|')})`,
    ...(layer.node ? (layer.nodeExcept ?? []).map((name) => `^node:${name}(/|$)`) : ['^node:']),
  ];
}

/** @param {import('./tools/fences.mjs').Layer} layer */
function whatIsAllowed({ name, layers: others, packages, node }) {
  const allowed = [name, ...others, ...packages, ...(node ? ["Node's own modules without a way out"] : [])];
  return `The layer ${name} may import ${allowed.join(', ')} and nothing else (tools/fences.mjs).`;
}

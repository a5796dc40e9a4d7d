/**
 * The lint rules. TypeScript is checked with type information (typescript-eslint's
 * strictest sets); what stands below them is what makes the house (docs/architecture.md)
 * hold inside a file. Which folder may import which is dependency-cruiser's to say.
 */
import { builtinModules } from 'node:module';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const tests = ['**/*.test.ts', 'test/**/*.ts', 'bench/**/*.ts'];

/** Folders that neither perform, nor await, nor look at a clock. */
const pureFolders = ['base', 'model', 'wire', 'config', 'core'];

/** Folders whose time and randomness come in by a port or an argument. */
const clocklessFolders = [...pureFolders, 'ports', 'runtime', 'simulation'];

/** What the scripts in plain JavaScript use of them. */
const globalsOfNode = ['console', 'process', 'performance', 'setTimeout', 'clearTimeout', 'URL'];

const sourcesOf = (folders) => folders.map((folder) => `src/${folder}/**/*.ts`);

const clocks = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
].map((name) => ({ name, message: 'Time is an argument here; deadlines are state.' }));

const surroundings = ['process', 'console', 'fetch', 'Buffer', 'WebSocket', 'require'].map(
  (name) => ({
    name,
    message: 'This folder is pure: bytes are Uint8Array, all else is passed in.',
  }),
);

const randomness = [
  { object: 'Math', property: 'random', message: 'Randomness comes from a seed (base/random.ts).' },
  {
    object: 'crypto',
    property: 'getRandomValues',
    message: 'Randomness comes from a seed (base/random.ts).',
  },
];

const importHabits = {
  paths: [
    ...builtinModules
      .filter((name) => !name.startsWith('_') && !name.startsWith('node:'))
      .map((name) => ({ name, message: `Write 'node:${name}'.` })),
    {
      name: 'node:child_process',
      importNames: ['exec', 'execSync'],
      message: 'They run a shell; use spawn or execFile.',
    },
  ],
  patterns: [
    { regex: '^\\.{1,2}/.*\\.js$', message: 'Import the source file, with its .ts extension.' },
  ],
};

const noShell = {
  selector: "Property[key.name='shell'][value.value!=false]",
  message: 'Nothing is run by a shell; give the program and its arguments.',
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'test/**/captures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        // One program for all files: a quarter quicker than the project service.
        project: ['tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'no-restricted-imports': ['error', importHabits],
      'no-restricted-syntax': ['error', noShell],
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // There are no enums (erasableSyntaxOnly), and to look for them takes long.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // A port that is not there has methods that do nothing.
      '@typescript-eslint/no-empty-function': ['error', { allow: ['methods'] }],
      // It asks for `!`, which no-non-null-assertion forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A switch over a union names every member and has no default, so that
      // a member that is added later is an error wherever it was forgotten.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        {
          allowDefaultCaseForExhaustiveSwitch: false,
          considerDefaultExhaustiveForUnions: false,
          requireDefaultForNonUnion: true,
        },
      ],
    },
  },
  // Beside the project of tsconfig.json, so without its types.
  { files: ['vitest.config.ts'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: sourcesOf(clocklessFolders),
    ignores: tests,
    rules: {
      'no-restricted-globals': ['error', ...clocks],
      'no-restricted-properties': ['error', ...randomness],
    },
  },
  {
    files: sourcesOf(pureFolders),
    ignores: tests,
    rules: {
      'no-restricted-globals': ['error', ...clocks, ...surroundings],
      'no-restricted-imports': [
        'error',
        {
          ...importHabits,
          patterns: [
            ...importHabits.patterns,
            { regex: '^node:', message: 'This folder is pure: it asks the system for nothing.' },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        noShell,
        { selector: 'AwaitExpression', message: 'Nothing in this folder awaits.' },
        { selector: ':function[async=true]', message: 'Nothing in this folder awaits.' },
      ],
    },
  },
  // A digest is a function of its input, so node:crypto is let in at this one place.
  {
    files: ['src/wire/keyed-digest.ts'],
    rules: { 'no-restricted-imports': ['error', importHabits] },
  },
  {
    files: tests,
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(globalsOfNode.map((name) => [name, 'readonly'])),
    },
    rules: {
      eqeqeq: 'error',
      'no-restricted-imports': ['error', { paths: importHabits.paths }],
    },
  },
);

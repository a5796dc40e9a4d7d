/**
 * The import rules, made from the house's table in test/gates/folders.json; no rule
 * about a folder is written here. Each comment speaks to whoever trips over its rule.
 */
import { readFileSync } from 'node:fs';

const house = JSON.parse(
  readFileSync(new URL('./test/gates/folders.json', import.meta.url), 'utf8'),
);

const testFile = '\\.test\\.ts$';
const npmPackage = '(^|/)node_modules/';
const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Matches what lies in the folder, or the file itself where a file is named. */
const within = (place) =>
  place.endsWith('.ts') ? `^${literally(place)}$` : `^${literally(place)}/`;

const listed = house.folders.map(({ folder }) => within(folder));
const composition = house.composition.map(({ file }) => within(file));

function rulesOf({ folder, mayImport, mayImportPackages, pure, pureModules = [] }) {
  const name = folder.replace('src/', '');
  const allowed = mayImport.length === 0 ? 'nothing' : mayImport.join(', ');
  return [
    {
      name: `${name}-imports-its-own`,
      comment: `${folder} may import ${allowed}. Move the code, or pass the thing in by a port.`,
      severity: 'error',
      from: { path: within(folder) },
      to: { path: '^src/', pathNot: [folder, ...mayImport].map(within) },
    },
    {
      name: `${name}-packages`,
      comment: `${folder} does without this npm package; one folder is its home.`,
      severity: 'error',
      from: { path: within(folder), pathNot: testFile },
      to: {
        path: npmPackage,
        pathNot: mayImportPackages.map((one) => `${npmPackage}(@types/)?${literally(one)}/`),
      },
    },
    ...(pure
      ? [
          {
            name: `${name}-is-pure`,
            comment: `${folder} asks the system for nothing: what it needs is an argument.`,
            severity: 'error',
            from: { path: within(folder), pathNot: testFile },
            to: {
              dependencyTypes: ['core'],
              pathNot: pureModules.map((one) => `^(node:)?${one.replace('node:', '')}$`),
            },
          },
        ]
      : []),
  ];
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...house.folders.flatMap(rulesOf),
    {
      name: 'room-without-number',
      comment: 'Every folder and every file of src is in test/gates/folders.json. Add it there.',
      severity: 'error',
      from: { path: '^src/', pathNot: [...listed, ...composition] },
      to: {},
    },
    {
      name: 'no-cycle',
      comment: 'These files need each other. Give what both need a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-test-in-production',
      comment: 'Production code does not know the tests.',
      severity: 'error',
      from: { path: '^src/', pathNot: testFile },
      to: { path: ['^test/', testFile] },
    },
    {
      name: 'must-resolve',
      comment: 'There is no such file or package (relative imports end in .ts).',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages',
      comment: 'Production code imports only packages that stand under "dependencies".',
      severity: 'error',
      from: { path: '^src/', pathNot: testFile },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '@types/' },
    },
  ],
  options: {
    doNotFollow: { path: npmPackage },
    // Type-only imports are imports here: the table is about knowledge, not about bytes.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

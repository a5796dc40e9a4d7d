/**
 * A vitest reporter that writes one line of JSON for each test as it ends, so that
 * what was done is known even of a run that was stopped:
 *
 *     { "project": "kernel", "name": "file > suite > test", "state": "passed" }
 *
 * A skipped test also has its "reason": what it gave to `context.skip('reason')`.
 */
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';

const recordFile = process.env.BATON_TEST_RECORD;

export default class RecordReporter {
  onTestCaseResult(test) {
    const { state, note } = test.result();
    const name = `${pathOf(test.module)} > ${test.fullName}`;
    const reason = state === 'skipped' ? (note ?? 'no reason was given') : undefined;
    record({ project: test.project.name, name, state, reason });
  }

  /** A hook that fails fails its suite; its tests then count as skipped. */
  onTestSuiteResult(suite) {
    const name = `${pathOf(suite.module)} > ${suite.fullName}`;
    if (suite.errors().length > 0) record({ project: suite.project.name, name, state: 'failed' });
  }

  onTestModuleEnd(module) {
    const project = module.project.name;
    if (module.errors().length > 0) record({ project, name: pathOf(module), state: 'failed' });
  }

  onTestRunEnd(modules, unhandledErrors) {
    for (const { message } of unhandledErrors) {
      record({ project: '', name: `outside of any test: ${message}`, state: 'failed' });
    }
  }
}

function pathOf(module) {
  return relative(process.cwd(), module.moduleId);
}

function record(entry) {
  appendFileSync(recordFile, `${JSON.stringify(entry)}\n`);
}

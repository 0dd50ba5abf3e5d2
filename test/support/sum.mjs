// What the runners of tests share: counting, and naming once more, at the very end, what failed.
import { readFileSync } from 'node:fs';

/** The sum of a run. Its last line is `N passed, N failed`; before it, a line `FAILED ...` for each failure. */
export class Sum {
  #passed = 0;
  /** @type {string[]} */
  #failures = [];

  /** Counts something that is one yes or no. */
  count(name, succeeded) {
    if (succeeded) this.#passed++;
    else this.#failures.push(name);
  }

  /**
   * Counts the tests of a JSON report of Vitest's.
   * @param name what failed if the run did and no test in it
   * @param path of the report
   * @param isClean whether Vitest exited with 0: an unhandled rejection fails a run without failing a test
   */
  countReport(name, path, isClean) {
    const before = this.#failures.length;
    const report = readReport(path);
    this.#passed += report?.numPassedTests ?? 0;
    this.#failures.push(...(report?.testResults ?? []).flatMap(failuresOf));
    if (report === undefined || (!isClean && this.#failures.length === before)) {
      this.#failures.push(`${name}: the run failed, though no test of it did`);
    }
    if (report?.numPendingTests > 0) console.log(`${name}: ${report.numPendingTests} skipped`);
  }

  /** Prints it and sets the exit code. */
  print() {
    console.log('');
    for (const failure of this.#failures) console.log(`FAILED ${failure}`);
    console.log(`${this.#passed} passed, ${this.#failures.length} failed`);
    process.exitCode = this.#failures.length > 0 ? 1 : 0;
  }
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function failuresOf(file) {
  const path = file.name.replace(/^.*?\/(?=test\/|sample\/)/, '');
  const failed = file.assertionResults.filter((test) => test.status === 'failed');
  // A file that dies while loading holds no failed test, yet nothing in it ran.
  if (file.status === 'failed' && failed.length === 0)
    return [`${path}: ${firstLine(file.message)}`];
  return failed.map((test) => `${path}${lineIn(path, test)} > ${test.fullName}: ${reasonOf(test)}`);
}

/** Where in its own file a test failed: `:` and the line, or nothing where no line of it is known. */
function lineIn(path, { failureMessages }) {
  const [, after = ''] = (failureMessages[0] ?? '').split(`${path}:`);
  const [line] = /^\d+/.exec(after) ?? [];
  return line === undefined ? '' : `:${line}`;
}

/** Of a test that timed out, Vitest's report has only the stack of where it stands, under this name. */
function reasonOf({ failureMessages, duration }) {
  const line = firstLine(failureMessages[0]);
  return line === 'Error: STACK_TRACE_ERROR' ? `timed out after ${Math.round(duration)} ms` : line;
}

function firstLine(text = '') {
  return text.split('\n', 1)[0];
}

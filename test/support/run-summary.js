/** What the end of a run says beside jest's own counts: which tests were skipped, which took longest, what failed. */
const { relative } = require('node:path');
const { stripVTControlCharacters } = require('node:util');

const SHOWN = 10;
const COLUMN = 9;

/**
 * One line for each test that did not run. Its name ends with the reason: see skipped.ts.
 *
 * @param {import('@jest/test-result').AggregatedResult} results
 * @returns {string[]}
 */
function skippedIn(results) {
  const skipped = testsOf(results).filter(({ status }) => status === 'pending' || status === 'todo');
  return skipped.length === 0 ? [] : ['Skipped:', ...skipped.map(({ file, name }) => `  ${file}: ${name}`)];
}

const LINES_OF_A_MESSAGE = 12;

/**
 * What failed and how, each message once: where a file cannot set its world up, all of its tests fail alike.
 *
 * @param {import('@jest/test-result').AggregatedResult} results
 * @returns {string[]}
 */
function failedIn({ testResults }) {
  const lines = testResults.flatMap(({ testFilePath, testExecError, testResults: tests }) => {
    const namesByMessage = new Map();
    const note = (message, name) =>
      namesByMessage.set(message, [...(namesByMessage.get(message) ?? []), name]);
    if (testExecError) note(testExecError.stack ?? testExecError.message ?? '', 'the file itself');
    for (const { fullName, failureMessages } of tests)
      if (failureMessages?.length > 0) note(failureMessages[0], fullName);
    return [...namesByMessage].flatMap(([message, [name, ...others]]) => [
      `  ${fromHere(testFilePath)}: ${name}${others.length > 0 ? `, and ${others.length} alike` : ''}`,
      ...shortened(message).map((line) => `      ${line}`),
    ]);
  });
  return lines.length === 0 ? [] : ['Failed:', ...lines];
}

/** The first lines of a message, without its colours. */
function shortened(message) {
  const lines = stripVTControlCharacters(message).split('\n');
  return lines.filter((line) => line.trim() !== '').slice(0, LINES_OF_A_MESSAGE);
}

/**
 * The slowest files and the slowest tests, the slowest first.
 *
 * @param {import('@jest/test-result').AggregatedResult} results
 * @returns {string[]}
 */
function slowestIn(results) {
  const files = results.testResults.map(({ testFilePath, perfStats }) => ({
    ms: perfStats.runtime,
    name: fromHere(testFilePath),
  }));
  const tests = testsOf(results).map(({ ms, name }) => ({ ms, name }));
  return [...table('Slowest files:', files), ...table('Slowest tests:', tests)];
}

function testsOf({ testResults }) {
  return testResults.flatMap(({ testFilePath, testResults: tests }) =>
    tests.map(({ fullName, duration, status }) => ({
      file: fromHere(testFilePath),
      name: fullName,
      ms: duration ?? 0,
      status,
    })),
  );
}

function table(title, rows) {
  const shown = rows
    .filter(({ ms }) => ms > 0)
    .sort((one, other) => other.ms - one.ms)
    .slice(0, SHOWN);
  const seconds = ({ ms }) => `${(ms / 1_000).toFixed(1)} s`.padStart(COLUMN);
  return shown.length === 0 ? [] : [title, ...shown.map((row) => `${seconds(row)}  ${row.name}`)];
}

const fromHere = (file) => relative(process.cwd(), file);

module.exports = { failedIn, skippedIn, slowestIn };

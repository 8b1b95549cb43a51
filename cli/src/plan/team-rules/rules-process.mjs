/** A process that loads one file of rules, asks each about every change of plans, and says what they found. */
import { openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const GRADES = ['notice', 'unknown', 'danger'];
const EXPECTED = 'expected nothing, or { grade, sentence }';

process.once('message', ({ loader, problems, file, changes, asked }) => {
  // In a checkout of Portcullis the loader itself is TypeScript.
  if (loader.endsWith('.ts')) require('tsx/cjs/api').register();
  const note = openSync(asked, 'w');
  judge(require(loader), require(problems), file, changes.map(frozen), (rule, change) =>
    // A process that ends says nothing any more. A name has at most 64 letters: each note covers the one before.
    writeSync(note, `${JSON.stringify([rule, change])}\n`.padEnd(100), 0),
  )
    .catch((error) => ({ failure: wordsOf(error) }))
    .then((answer) => process.send(answer, () => process.exit()));
});

async function judge({ requireModule }, { problemsOfRules }, file, changes, asks) {
  const rules = exportedBy(await requireModule(file));
  const problems = problemsOfRules(rules);
  if (problems.length > 0)
    return { failure: problems.map(({ path, message }) => `${path}: ${message}`).join('; ') };
  const findings = [];
  const failed = [];
  for (const [rule, find] of Object.entries(rules)) {
    let at = 0;
    try {
      for (const [index, change] of changes.entries()) {
        at = index;
        asks(rule, index);
        for (const finding of findingsIn(await find(change)))
          findings.push({ rule, change: index, ...finding });
      }
    } catch (error) {
      failed.push({ rule, change: at, why: wordsOf(error) });
    }
  }
  return { findings, failed };
}

/** The default export. In CommonJS that imports an ES module, it is one deeper. */
function exportedBy(loaded) {
  return loaded?.default?.default ?? loaded?.default;
}

function findingsIn(found) {
  if (found === undefined) return [];
  return (Array.isArray(found) ? found : [found]).map((finding) => {
    if (typeof finding !== 'object' || finding === null)
      throw new Error(`it returned ${finding === null ? 'null' : `a ${typeof finding}`}; ${EXPECTED}`);
    const { grade, sentence } = finding;
    if (!GRADES.includes(grade))
      throw new Error(`it returned a grade that is none of ${GRADES.join(', ')}; ${EXPECTED}`);
    if (typeof sentence !== 'string' || sentence.trim() === '')
      throw new Error(`it returned no sentence; ${EXPECTED}`);
    return { grade, sentence };
  });
}

/** What one rule changed, the next would take for the plan. */
function frozen(value) {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

/** On one line, without the list of files that asked for a module. */
function wordsOf(error) {
  const [words = ''] = String(error?.message ?? error).split('\nRequire stack:');
  return words
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .slice(0, 2_000);
}

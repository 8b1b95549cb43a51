/** A process that loads one file of rules, asks each about every change of plans, and says what they found. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const GRADES = ['notice', 'unknown', 'danger'];

process.once('message', ({ loader, problems, file, changes }) => {
  // In a checkout of Portcullis the loader itself is TypeScript.
  if (loader.endsWith('.ts')) require('tsx/cjs/api').register();
  judge(require(loader), require(problems), file, changes.map(frozen))
    .catch((error) => ({ failure: wordsOf(error) }))
    .then((answer) => process.send(answer, () => process.exit()));
});

async function judge({ requireModule }, { problemsOfRules }, file, changes) {
  const rules = exportedBy(await requireModule(file));
  const problems = problemsOfRules(rules);
  if (problems.length > 0)
    return { failure: problems.map(({ path, message }) => `${path}: ${message}`).join('; ') };
  const findings = [];
  const failed = [];
  for (const [rule, find] of Object.entries(rules)) {
    try {
      for (const [index, change] of changes.entries()) {
        at = index;
        for (const finding of findingsIn(await find(change)))
          findings.push({ rule, change: index, ...finding });
      }
    } catch (error) {
      failed.push({ rule, change: at, why: wordsOf(error) });
    }
  }
  return { findings, failed };
}

/** The change that a rule is asked about. */
let at = 0;

/** The default export. In CommonJS that imports an ES module, it is one deeper. */
function exportedBy(loaded) {
  return loaded?.default?.default ?? loaded?.default;
}

function findingsIn(found) {
  if (found === undefined) return [];
  return (Array.isArray(found) ? found : [found]).map(({ grade, sentence } = {}) => {
    if (!GRADES.includes(grade))
      throw new Error(
        `it returned a grade that is none of ${GRADES.join(', ')}; expected nothing, or { grade, sentence }`,
      );
    if (typeof sentence !== 'string' || sentence.trim() === '')
      throw new Error('it returned no sentence; expected nothing, or { grade, sentence }');
    return { grade, sentence };
  });
}

/** What one rule changed, the next would take for the plan. */
function frozen(value) {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

function wordsOf(error) {
  return String(error?.message ?? error).slice(0, 2_000);
}

import { plain } from '../../terminal/text';
import { CHECKS, type Result } from '../checks';
import { countsOf } from '../grade';

/** JUnit's XML, in the part of it that every CI reads: what deviates is a failure, what was not verified is skipped. */
export function renderJunit(results: readonly Result[]): string {
  const { deviates, unverified } = countsOf(results);
  const counts = `tests="${results.length}" failures="${deviates}" errors="0" skipped="${unverified}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="portcullis verify" ${counts}>`,
    ...results.map(caseOf),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf({ check, subject, outcome, sentence }: Result): string {
  const open = `    <testcase classname="${check}" name="${escaped(`${subject}: ${CHECKS[check].about}`)}"`;
  if (outcome === 'verified') return `${open}/>`;
  const what = outcome === 'deviates' ? 'failure' : 'skipped';
  return `${open}><${what} message="${escaped(sentence)}"/></testcase>`;
}

function escaped(text: string): string {
  return plain(text, 1_000)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

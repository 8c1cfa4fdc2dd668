import type { Report } from '../check.js';
import { type Finding, findingText, isAtLeast, type Severity } from '../model/finding.js';

/** The report as JUnit's XML: a test an id and object, which fails at the level at which the check does. */
export function reportJunit({ findings, objects }: Report, failOn: Severity | 'none'): string {
  const fails = ({ severity }: Finding): boolean => failOn !== 'none' && isAtLeast(severity, failOn);
  const failures = findings.filter(fails).length;
  const cases = findings.map((finding) => {
    const { id, object, field } = finding;
    const name = attribute(`${object} ${field}`);
    const text = escaped(findingText(finding));
    return fails(finding)
      ? `    <testcase classname="${id}" name="${name}"><failure message="${attribute(finding.found)}">${text}</failure></testcase>`
      : `    <testcase classname="${id}" name="${name}"><system-out>${text}</system-out></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="cafe check" tests="${Math.max(1, findings.length)}" failures="${failures}">`,
    ...(cases.length > 0
      ? cases
      : [`    <testcase classname="cafe check" name="${objects.length} objects"/>`]),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const attribute = (text: string): string => escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;');

import type { ChartProof } from './chart-proof.js';

/** Helm renders the chart under each name and value; what the chart itself refuses is its own good right. */
export const notRendered = {
  id: 'CAFE111',
  title: 'A chart does not render under some release name or value',
  why: "Whoever turns that switch, or installs under that name, gets an error of Helm's templates in the place of an installation.",
  problems: ({ failed }) =>
    failed.map(({ variation, reason }) => ({
      problem: {
        severity: variation.worst,
        when: variation.title,
        field: /[\w.-]+\/templates\/[^\s:]+(?::\d+)?/.exec(reason)?.[0] ?? 'templates',
        found: reason.split(/\n\s*/).join(' '),
        expected: 'objects, or a refusal of the chart in its own words (fail, required, values.schema.json)',
        change: 'mend the template for this value, or refuse it with what to set instead',
      },
    })),
} as const satisfies ChartProof;

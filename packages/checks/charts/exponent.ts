import type { ChartProof } from './chart-proof.js';

/** Helm takes each number of a values file for a floating one, and writes a large one as 1e+07. */
const EXPONENT = /(?:^|[^\w.+-])\d(?:\.\d+)?e\+\d\d(?![\w.])/;

/** No large number reaches a program in a form that few programs read. */
export const exponent = {
  id: 'CAFE117',
  severity: 'risk',
  title: 'A number of the values is written with an exponent',
  why: 'A program that expects a whole number refuses to start, or reads 5. It shows only from a million on.',
  problems: ({ base }) =>
    base.manifests.flatMap((manifest) =>
      texts(manifest.content, []).flatMap(({ path, text }) => {
        const written = EXPONENT.exec(text)?.[0].trim();
        if (written === undefined) return [];
        return [
          {
            manifest,
            rendering: base,
            problem: {
              field: path.join('.'),
              found: written.replace(/^[^\d]/, ''),
              expected: 'all digits of the number',
              change:
                'write {{ int64 .Values.… }} in the template, or put the value in quotes in values.yaml',
            },
          },
        ];
      }),
    ),
} as const satisfies ChartProof;

interface Text {
  readonly path: readonly string[];
  readonly text: string;
}

function texts(value: unknown, path: readonly string[]): Text[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, [...path, key]));
}

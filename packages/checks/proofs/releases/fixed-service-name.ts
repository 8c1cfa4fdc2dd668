import type { Proof } from '../proof.js';
import { chartProblem, templatesOf } from './chart-problem.js';

/** A Service's name follows from the release: else it matches its clients by luck, and two releases collide. */
export const fixedServiceName = {
  id: 'CAFE013',
  severity: 'risk',
  title: "A chart's Service has the same name in every release",
  why: "It works as long as there is one release. A second one in the namespace overwrites it or is refused, and its clients reach the first one's pods.",
  problems: (_cluster, { releases = [] }) =>
    releases.flatMap((release) =>
      templatesOf(release).flatMap(([path, text]) =>
        [...text.matchAll(/^kind: *Service *$[\s\S]*?^ {2}name: *(.+)$/gm)].flatMap(([, name = '']) =>
          /Release\.Name|include|template/.test(name)
            ? []
            : [
                chartProblem(release, `${path}: metadata.name`, {
                  found: name.trim(),
                  expected:
                    "a name made of {{ .Release.Name }}; this one is the same in every release, so clients find it by luck and a second release overwrites the first one's",
                  change: `name it {{ include "${release.chart}.fullname" . }}, and the clients' DB_HOST after the release`,
                }),
              ],
        ),
      ),
    ),
} as const satisfies Proof;

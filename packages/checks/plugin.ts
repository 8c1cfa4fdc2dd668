import { basename, dirname, sep } from 'node:path';
import { check, manifestsByTitle } from './check.js';
import { readFiles } from './command/directory.js';
import { declaredReleases, readRelease } from './command/releases.js';
import { rulesById } from './proofs/titles.js';

/** What cdk8s-cli gives a validation plugin, as far as this one uses it; `ValidationContext` in cdk8s-cli/plugins. */
export interface CafeValidationContext {
  /** Every .yaml file of the output, those of folders below among them. */
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: {
      readonly ruleName: string;
      readonly recommendation: string;
      readonly fix: string;
      readonly violatingResources: readonly {
        readonly resourceName: string;
        readonly locations: readonly string[];
        readonly manifestPath: string;
      }[];
    }): void;
    submit(status: 'success' | 'failure', metadata?: Readonly<Record<string, string>>): void;
  };
}

/**
 * The proofs as a validation plugin of cdk8s-cli: `cdk8s synth` runs them over what it wrote, and ends with an error when
 * there is one of the level *broken*.
 *
 * It looks at what `kubectl apply -f` reads: the files at the top level of the output, or, where an app writes a folder for
 * each chart, those in the folders. Helm charts in the output are no manifests; one with a `release.json` is the release that
 * the manifests rely on.
 *
 * @example
 * # cdk8s.yaml
 * validations:
 *   - package: '@cafe-lumiere/checks'
 *     version: 1.0.0
 *     class: CafeValidation
 */
export class CafeValidation {
  /**
   * Called by cdk8s-cli.
   *
   * @throws Error when there is nothing to look at, or a chart with a release.json cannot be rendered
   */
  // A promise, because cdk8s-cli waits for one.
  // eslint-disable-next-line @typescript-eslint/require-await
  async validate({ manifests: paths, report }: CafeValidationContext): Promise<void> {
    const charts = paths.filter((path) => basename(path) === 'Chart.yaml').map((path) => dirname(path));
    const { manifests, unreadable } = readFiles(appliedFiles(paths, charts));
    if (manifests.length + unreadable.length === 0) {
      throw new Error(
        `CafeValidation has nothing to look at: outside of Helm charts the output holds no object (${paths.join(', ')}).`,
      );
    }
    const releases = declaredReleases(charts).map(readRelease);
    const { findings, waived, objects } = check(manifests, { unreadable, releases });
    const known = manifestsByTitle(objects);
    const titles = new Map<string, string>(rulesById().map(({ id, title }) => [id, title]));
    for (const { id, severity, object, field, found, expected, likely, change } of findings) {
      const manifest = known.get(object);
      report.addViolation({
        ruleName: `${id} ${severity}: ${titles.get(id) ?? ''}`,
        recommendation: `found ${found}; expected ${expected}${likely === undefined ? '' : `; likely ${likely}`}`,
        fix: change,
        violatingResources: [
          {
            // By its name alone cdk8s-cli finds the construct that made the object.
            resourceName: manifest?.name ?? object,
            locations: [`${object}, ${field}`],
            manifestPath: manifest?.source ?? object,
          },
        ],
      });
    }
    report.submit(findings.some(({ severity }) => severity === 'broken') ? 'failure' : 'success', {
      Objects: String(objects.length),
      Waived: String(waived.length),
    });
  }
}

/** Outside of the charts, the files of the folder or folders that are nearest to the top. */
function appliedFiles(paths: readonly string[], charts: readonly string[]): readonly string[] {
  const outside = paths.filter((path) => !charts.some((chart) => path.startsWith(`${chart}/`)));
  const depth = (path: string): number => path.split(sep).length;
  const top = Math.min(...outside.map(depth));
  return outside.filter((path) => depth(path) === top).sort();
}

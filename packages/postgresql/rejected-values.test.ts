import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ChartFolder, helmFound } from './chart-fixture.js';
import { postgresqlValues } from './values.js';

/** The value's path, what somebody wrote there, and words of the reason: Helm's, and our own schema's for a program. */
type WrongValue = readonly [path: string, value: unknown, byHelm: string, bySchema: string];

const WRONG: readonly WrongValue[] = [
  ['imgae', {}, "additional properties 'imgae' not allowed", '"imgae"'],
  ['image.tga', '17', "additional properties 'tga' not allowed", '"tga"'],
  ['image.tag', 17, 'got number, want string', 'expected string, received number'],
  ['image.tag', 'latest', 'which one day is another major version', 'another major version'],
  ['image.tag', '17:trixie', "'17:trixie' does not match", 'must match pattern'],
  ['image.tag', '', "'' does not match", 'must match pattern'],
  ['image.digest', 'sha256:12', "'sha256:12' does not match", 'must match pattern'],
  ['image.repository', '', 'minLength: got 0, want 1', '>=1 characters'],
  ['image.pullPolicy', 'Sometimes', "one of 'Always', 'IfNotPresent', 'Never'", '"IfNotPresent"'],
  ['image.pullSecrets', 'mine', 'got string, want array', 'expected array, received string'],
  ['enabled', 'perhaps', 'got string, want boolean', 'expected boolean, received string'],
  ['nameOverride', 'My_Name', "'My_Name' does not match", 'is "My_Name"; a name is of a-z'],
  ['fullnameOverride', 'x'.repeat(51), 'maxLength: got 51, want 50', '<=50 characters'],
  ['commonLabels', { team: 1 }, 'got number, want string', 'expected string, received number'],
  ['auth.user', 'shop', "additional properties 'user' not allowed", '"user"'],
  ['auth.username', 'Shop', "'Shop' does not match", 'is "Shop"; a plain identifier'],
  ['auth.username', '1shop', "'1shop' does not match", 'not beginning with a digit'],
  ['auth.username', 'postgres', '"postgres" is the superuser', 'is the superuser'],
  ['auth.username', 'pg_monitor', "are PostgreSQL's own", "PostgreSQL's own"],
  ['auth.additionalUsernames', ['reader', 'postgres'], '[1] is "postgres"', 'is the superuser'],
  ['auth.additionalUsernames', ['Reader'], "'Reader' does not match", 'a plain identifier'],
  ['auth.additionalUsernames', 'reader', 'got string, want array', 'expected array, received string'],
  ['auth.database', 'my-shop', "'my-shop' does not match", 'is "my-shop"; a plain identifier'],
  ['auth.database', 'template1', 'which every PostgreSQL has for itself', 'has for itself'],
  ['auth.password', 'x\n', 'does not match', 'begins or ends with white space'],
  ['auth.password', 1234, 'got number, want string', 'expected string, received number'],
  ['auth.existingSecret', 'My Secret', "'My Secret' does not match", 'must match pattern'],
  ['auth.secretKeys.userPasswordKey', 'a b', "'a b' does not match", 'must match pattern'],
  ['auth.secretKeys.adminPasswordKey', 'x', "'adminPasswordKey' not allowed", '"adminPasswordKey"'],
  ['tls', { existingSecret: 'mine' }, 'so that nothing would be encrypted', 'set tls.enabled to true'],
  ['tls.existingSecret', 'My Secret', "'My Secret' does not match", 'must match pattern'],
  ['tls.renewAfterDays', -1, 'minimum: got -1, want 0', '>=0'],
  ['tls.renewAfterDays', 4000, 'maximum: got 4,000, want 3,000', '<=3000'],
  ['tls.certificatesSecret', 'mine', "'certificatesSecret' not allowed", '"certificatesSecret"'],
  ['postgresqlConfiguration.ssl', true, 'for TLS there is tls.enabled', 'ssl is no parameter'],
  ['postgresqlConfiguration.max_connections', 'many', 'got string, want integer', 'expected number'],
  ['postgresqlConfiguration.max_connections', 5, 'minimum: got 5, want 10', '>=10'],
  ['postgresqlConfiguration.jit', ['off'], 'postgresqlConfiguration/jit', 'postgresqlConfiguration.jit'],
  ['postgresqlConfiguration.port', 1, 'port is set by the chart', 'port is no parameter'],
  ['postgresqlConfiguration.WorkMem', '4MB', 'WorkMem is no parameter', 'WorkMem is no parameter'],
  ['primary.terminationGracePeriodSeconds', 30, 'minimum: got 30, want 120', '>=120'],
  ['primary.persistence.size', 'big', "'big' does not match", 'is "big"; a quantity is a number with a unit'],
  ['primary.persistence.size', '8 Gi', "'8 Gi' does not match", 'is "8 Gi"; a quantity'],
  ['primary.persistence.sise', '8Gi', "'sise' not allowed", '"sise"'],
  ['primary.persistance', {}, "'persistance' not allowed", '"persistance"'],
  ['primary.resources.limits.memory', 'lots', "'lots' does not match", 'is "lots"; a quantity'],
  ['primary.resources.limits.gpu', 1, "'gpu' not allowed", '"gpu"'],
  ['primary.shmVolume.sizeLimit', 64, 'got number, want string', 'expected string, received number'],
  ['primary.pdb.create', 'perhaps', 'got string, want boolean', 'expected boolean, received string'],
  ['primary.networkPolicy.clients', { app: 'shop' }, 'got object, want array', 'expected array'],
  ['primary.networkPolicy.clients', [{ labels: {} }], "'labels' not allowed", '"labels"'],
  ['primary.networkPolicy.clients', [{ matchLabels: {} }], 'minProperties: got 0, want 1', 'name a label'],
  ['primary.networkPolicy.dns', 'any', 'got string, want object', 'expected object, received string'],
  ['primary.networkPolicy.dns.nodeLocal', '169.254.20.10/32', 'does not match', 'it is an address alone'],
  ['primary.networkPolicy.dns.namespace', 'Kube', "'Kube' does not match", 'must match pattern'],
  ['backup.enabled', 'yes please', 'got string, want boolean', 'expected boolean, received string'],
  ['backup.schedule', '0 3 * * *', "'schedule' not allowed", '"schedule"'],
  ['backup.cronjob.schedule', 'at night', 'such as "17 3 * * *"', 'such as "17 3 * * *"'],
  ['backup.cronjob.schedule', '0 3 * *', 'such as "17 3 * * *"', 'such as "17 3 * * *"'],
  ['backup.cronjob.timeZone', 'over there', "'over there' does not match", 'such as Europe/Vienna'],
  ['backup.cronjob.keep', 0, 'minimum: got 0, want 1', '>=1'],
  ['backup.cronjob.keep', 2.5, 'got number, want integer', 'expected int'],
  ['backup.cronjob.activeDeadlineSeconds', 1, 'minimum: got 1, want 60', '>=60'],
  ['metrics.enabled', 'perhaps', 'got string, want boolean', 'expected boolean, received string'],
  ['metrics.exporter', true, "'exporter' not allowed", '"exporter"'],
  ['metrics.image.tag', 'latest', 'metrics.image.tag is "latest"', 'another major version'],
  ['metrics.existingSecret', 'My Secret', "'My Secret' does not match", 'must match pattern'],
  ['metrics.serviceMonitor.interval', 'often', "'often' does not match", 'is "often"; a time is a number'],
  ['metrics.serviceMonitor.enabled', 1, 'got number, want boolean', 'expected boolean'],
  ['metrics.scrapers', [{ matchLabels: { a: 'b' } }], "missing property 'namespace'", 'received undefined'],
  ['metrics.scrapers', [{ namespace: 'a', matchLabels: {} }], 'minProperties: got 0, want 1', 'name a label'],
  ['auth.username', 'postgresql_exporter', "the chart's own", "the chart's own"],
  ['primary.initdb.args', '--pgdata=/tmp', 'has "--pgdata=/tmp"', 'has "--pgdata=/tmp"'],
  ['primary.initdb.args', '--auth=trust', 'how one logs in is the chart', 'has "--auth=trust"'],
  ['primary.initdb.args', '--locale=C;id', 'has "--locale=C;id"', 'has "--locale=C;id"'],
  ['primary.initdb.scripts', { 'a.txt': '' }, 'has "a.txt"', 'has "a.txt"'],
  ['primary.initdb.scripts', { 'a.sql': 1 }, 'got number, want string', 'expected string, received number'],
  ['primary.initdb.scriptsConfigMap', 'My Map', "'My Map' does not match", 'must match pattern'],
  ['primary.initdb.user', 'postgres', "'user' not allowed", '"user"'],
  ['metrics.prometheusRule.backupMaxAgeHours', 0, 'minimum: got 0, want 1', '>=1'],
  ['backup.cronjob.storage.existingClaim', 'Mine', "'Mine' does not match", 'must match pattern'],
];

/** `{a: {b: value}}` of `a.b`. */
const nested = (path: string, value: unknown): Readonly<Record<string, unknown>> => {
  const [name = '', ...rest] = path.split('.');
  return { [name]: rest.length === 0 ? value : nested(rest.join('.'), value) };
};

describe('a wrong value', () => {
  test.each(WRONG)('%s: %j is refused by our own schema', (path, value, _, reason) => {
    const { error } = postgresqlValues.safeParse(nested(path, value));
    expect(error && z.prettifyError(error)).toContain(reason);
  });
});

/** The wrong values in as few groups as can be, no two of a group in one place. */
function inGroups(wrong: readonly WrongValue[]): readonly (readonly WrongValue[])[] {
  const groups: WrongValue[][] = [];
  const within = (path: string, other: string): boolean => `${path}.`.startsWith(`${other}.`);
  for (const each of wrong) {
    const group = groups.find((others) =>
      others.every(([path]) => !within(path, each[0]) && !within(each[0], path)),
    );
    if (group) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

(helmFound ? describe : describe.skip)('a wrong value, with the real Helm,', () => {
  let chart: ChartFolder;
  beforeAll(() => {
    chart = new ChartFolder({ auth: { password: 'open' } });
  });
  afterAll(() => {
    chart.remove();
  });

  /** The lines with which Helm refuses these values together. */
  const refusal = (group: readonly WrongValue[]): readonly string[] => {
    const words = group.flatMap(([path, value], index) => {
      const file = join(chart.path, `wrong${index}.json`);
      writeFileSync(file, JSON.stringify(nested(path, value)));
      return ['--values', file];
    });
    const { status, stderr } = chart.render('shop', ...words);
    expect(status).toBe(1);
    return stderr.split('\n');
  };
  // The schema says at once what is wrong; what only a template refuses is refused alone.
  const refusals = new Map<readonly WrongValue[], readonly string[]>();
  const rows = inGroups(WRONG).flatMap((group) =>
    group.map((wrong) => [wrong[0], wrong[1], wrong, group] as const),
  );

  test.each(rows)('%s: %j is refused with its reason', (path, _, wrong, group) => {
    const together = refusals.get(group) ?? refusal(group);
    refusals.set(group, together);
    // With the path, in JSON's way or in Helm's.
    const name = path.split('.').at(-1) ?? '';
    const says = (line: string): boolean =>
      line.includes(wrong[2]) && line.replaceAll('/', '.').includes(name);
    const lines = together.some(says) ? together : refusal([wrong]);
    expect(lines).toContain(lines.find(says));
  });
});

import { eventually, must } from '../journal.js';
import { databasePod } from './database-pod.js';
import type { DatabaseScenario } from './scenario.js';

/** The series that the alerts are made of. */
const SERIES = [
  'pg_up 1',
  'pg_settings_max_connections{',
  'pg_stat_activity_count{',
  'pg_stat_activity_max_tx_duration{',
];

/** The exporter comes, is read, and goes, and the database runs on. */
export const readTheMetrics: DatabaseScenario = {
  name: 'metrics',
  title: 'Metrics',
  cannot: ({ exporterImage }) =>
    exporterImage === undefined
      ? 'no --exporter-image names a postgres_exporter that the nodes of this cluster can pull'
      : undefined,
  run: async (journal, { release, exporterImage = '' }) => {
    await release.ensure();
    const before = await release.readyPod();
    const [, registry = '', repository = '', tag = ''] =
      /^(?:([^/]+[.:][^/]+)\/)?(.+):([^:]+)$/.exec(exporterImage) ?? [];
    await journal.step('helm upgrade --set metrics.enabled=true', () =>
      release.upgrade(
        `--set metrics.enabled=true,metrics.image.registry=${registry},metrics.image.repository=${repository},metrics.image.tag=${tag}`,
      ),
    );
    await journal.step('a pod of the namespace reads what PostgreSQL counts', async () => {
      // bash alone: the database's image has no HTTP client.
      const ask = `exec 3<>/dev/tcp/${release.name}-metrics/9187 && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3`;
      const command = ['bash', '-c', `while true; do (${ask}) 2>&1 | grep '^pg_' ; sleep 2; done`];
      const pod = databasePod('scraper', await release.image(), command, {});
      await release.kubectl('apply --filename -', JSON.stringify(pod));
      // As long as a kubelet takes to bring a new Secret.
      await eventually(240, async () => {
        const log = await release.kubectl('logs scraper --tail=2000');
        const missing = SERIES.filter((series) => !log.includes(`\n${series}`));
        must(missing.length === 0, `not among the exporter's series: ${missing.join(', ')}`);
      });
      await release.kubectl('delete pod scraper');
    });
    await journal.step('its role is no superuser, and holds no more than its share', async () => {
      const role = await release.sql(
        "select rolsuper, rolcreaterole, rolconnlimit, pg_has_role(oid, 'pg_monitor', 'member') from pg_roles where rolname = 'postgresql_exporter'",
      );
      must(role === 'f|f|3|t', `the role is ${role}`);
    });
    await journal.step(
      'helm upgrade --set metrics.enabled=false: its role cannot log in any more',
      async () => {
        await release.upgrade('--set metrics.enabled=false');
        await eventually(240, async () => {
          const can = await release.sql(
            "select rolcanlogin from pg_roles where rolname = 'postgresql_exporter'",
          );
          must(can === 'f', 'the role can log in');
        });
      },
    );
    await journal.step('the database was not restarted', async () => {
      const after = await release.readyPod();
      must(
        after.uid === before.uid && after.restarts === before.restarts,
        'the pod is another, or restarted',
      );
    });
  },
};

import { databasePod } from './database-pod.js';
import { DatabaseRelease } from './release.js';
import { eventually, must } from '../journal.js';

/**
 * Writes numbered rows through the Service, one transaction each, and prints a number only after its commit was
 * acknowledged. What it printed and the database does not have is lost.
 */
const SCRIPT = `
trap 'exit 0' TERM INT
for ((n = 1; ; n++)); do
  until timeout 5 psql --no-psqlrc --quiet --command="insert into ledger values ($n) on conflict do nothing" 2>/dev/null; do
    [[ ! -e /tmp/stop ]] || exit 0
    sleep 0.1
  done
  echo "$n"
  [[ ! -e /tmp/stop ]] || exit 0
done`;

/** A client that writes for as long as it is let. */
export class DatabaseLedger {
  constructor(private readonly release: DatabaseRelease) {}

  /**
   * Makes the table and the client's pod, and waits for the first row.
   *
   * @param notOn - a node that the client must not be on
   */
  async open(notOn?: string): Promise<void> {
    await this.release.sql('create table ledger (n bigint primary key)');
    const pod = this.pod(await this.release.image(), notOn);
    await this.release.kubectl('apply --filename -', JSON.stringify(pod));
    await eventually(90, async () => {
      must((await this.acknowledged()).length > 0, 'the ledger’s client has written nothing');
    });
  }

  /** The numbers whose commit was acknowledged. */
  async acknowledged(): Promise<readonly number[]> {
    const log = await this.release.kubectl('logs ledger');
    return log.split('\n').filter(Boolean).map(Number);
  }

  /** Waits until the database has taken one more row than it had. */
  async waitForOneMore(seconds: number): Promise<void> {
    const before = (await this.acknowledged()).length;
    await eventually(seconds, async () => {
      must((await this.acknowledged()).length > before, 'no row was acknowledged');
    });
  }

  /** Ends the client and compares. @returns how many rows were acknowledged @throws Error that names the lost ones */
  async close(): Promise<number> {
    await this.release.kubectl('exec ledger -- touch /tmp/stop');
    await this.release.kubectl("wait --for=jsonpath='{.status.phase}'=Succeeded pod/ledger --timeout=60s");
    const acknowledged = await this.acknowledged();
    await this.release.kubectl('delete pod ledger');
    const kept = new Set((await this.release.sql('select n from ledger')).split('\n').map(Number));
    const lost = acknowledged.filter((n) => !kept.has(n));
    must(lost.length === 0, `acknowledged and lost: ${lost.join(', ')}`);
    await this.release.sql('drop table ledger');
    return acknowledged.length;
  }

  private pod(image: string, notOn: string | undefined): unknown {
    const secretKeyRef = { name: `${this.release.name}-auth`, key: 'password' };
    const env = [
      { name: 'PGHOST', value: this.release.name },
      { name: 'PGDATABASE', value: DatabaseRelease.database },
      { name: 'PGUSER', value: DatabaseRelease.role },
      { name: 'PGPASSWORD', valueFrom: { secretKeyRef } },
      { name: 'PGCONNECT_TIMEOUT', value: '2' },
    ];
    const elsewhere = { key: 'kubernetes.io/hostname', operator: 'NotIn', values: [notOn] };
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [elsewhere] }],
        },
      },
    };
    return databasePod('ledger', image, ['bash', '-c', SCRIPT], {
      env,
      ...(notOn === undefined ? {} : { affinity }),
    });
  }
}

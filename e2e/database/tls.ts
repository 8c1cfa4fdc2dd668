import { eventually, type Journal, must } from '../journal.js';
import { DatabaseRelease } from './release.js';
import type { DatabaseScenario } from './scenario.js';

/** A release that makes its own certificate: who comes in, and that nobody notices when it is renewed. */
export const encryptADatabase: DatabaseScenario = {
  name: 'tls',
  title: 'TLS with a certificate of the chart’s own',
  run: async (journal, { namespace }) => {
    // Of its own: a release without TLS would have to be without it again afterwards.
    const release = new DatabaseRelease(namespace, 'postgresql-tls');
    await journal.step('helm install --set tls.enabled=true --wait', () =>
      release.install('--wait --set tls.enabled=true'),
    );
    journal.note(
      await journal.step('helm test, which checks the certificate and its name', () => release.test()),
    );
    const client = await Client.of(release);
    await journal.step(
      'nobody comes in without TLS, or trusts the server without its authority',
      async () => {
        must(!(await client.answers('sslmode=disable')), 'a client without TLS was let in');
        must(!(await client.answers('sslmode=verify-full')), 'the certificate is trusted by everybody');
        must(
          await client.answers(client.verified),
          'the certificate is not the one of the Secret’s authority',
        );
      },
    );
    await renew(journal, release, client);
    await release.uninstall();
    await release.deleteData();
  },
};

async function renew(journal: Journal, release: DatabaseRelease, client: Client): Promise<void> {
  const before = await release.readyPod();
  const first = await client.certificate();
  await journal.step('helm upgrade keeps the certificate', async () => {
    await release.upgrade();
    must((await client.inTheSecret()) === first, 'the Secret has another certificate');
  });
  const line = await journal.step(
    'one that is old enough is renewed, and a client does not notice',
    async () => {
      const clicks = client.click();
      await release.upgrade('--set tls.renewAfterDays=0');
      const second = await client.inTheSecret();
      must(second !== first, 'the Secret has the same certificate');
      await eventually(180, async () => {
        must((await client.certificate()) === second, 'the server shows the certificate of before');
      });
      return clicks.end();
    },
  );
  journal.note(line);
  await journal.step('without a restart', async () => {
    const after = await release.readyPod();
    must(after.uid === before.uid && after.restarts === before.restarts, 'the pod is another, or restarted');
  });
}

/**
 * Connects as an application does, with the authority's certificate that it got at its start. In the server's pod, which
 * has psql: by the Service's name, to the address of the pod itself, because its network policy lets it out to nobody.
 */
class Client {
  readonly verified = 'sslmode=verify-full sslrootcert=/tmp/ca.crt';

  static async of(release: DatabaseRelease): Promise<Client> {
    const password = await release.password();
    const client = new Client(release, password);
    await release.kubectl(
      `exec --stdin ${release.name}-0 --container postgres -- sh -c 'cat >/tmp/ca.crt'`,
      await client.fromTheSecret('ca.crt'),
    );
    return client;
  }

  private constructor(
    private readonly release: DatabaseRelease,
    private readonly password: string,
  ) {}

  async answers(ssl: string): Promise<boolean> {
    return (await this.inThePod(`${this.asks(ssl)} >/dev/null 2>&1 && echo yes || echo no`)) === 'yes';
  }

  /** Asks five times a second over a new connection, until it is told to stop and ten times more: with what is new then. */
  click(): { readonly end: () => Promise<string> } {
    const asks = `if ${this.asks(this.verified)} >/dev/null; then good=$((good + 1)); else bad=$((bad + 1)); fi`;
    const left = 'if [ -e /tmp/stop ]; then left=$((left - 1)); fi';
    const counted = this.inThePod(
      `rm -f /tmp/stop; good=0 bad=0 left=10; while [ $left -gt 0 ]; do ${left}; ${asks}; sleep 0.2; done; echo "$good $bad"`,
    );
    // Told by end(), unless another step fails before it.
    counted.catch(() => undefined);
    return {
      end: async () => {
        await this.inThePod('touch /tmp/stop');
        const [good = 0, bad = 0] = (await counted).split(' ').map(Number);
        must(good > 0 && bad === 0, `${bad} of ${good + bad} new connections failed`);
        return `${good} new connections meanwhile, none failed`;
      },
    };
  }

  /** The one that the server shows, in PEM. */
  certificate(): Promise<string> {
    return this.inThePod(
      'openssl s_client -connect 127.0.0.1:5432 -starttls postgres </dev/null 2>/dev/null | openssl x509',
    );
  }

  /** The one that it is given. */
  async inTheSecret(): Promise<string> {
    return (await this.fromTheSecret('tls.crt')).trim();
  }

  private async fromTheSecret(key: string): Promise<string> {
    const path = `{.data.${key.replace('.', '\\.')}}`;
    const encoded = await this.release.kubectl(
      `get secret ${this.release.name}-tls --output 'jsonpath=${path}'`,
    );
    return Buffer.from(encoded, 'base64').toString();
  }

  private asks(ssl: string): string {
    const { database, role } = DatabaseRelease;
    return `PGCONNECT_TIMEOUT=5 PGPASSWORD=${this.password} psql "host=${this.release.name} hostaddr=127.0.0.1 user=${role} dbname=${database} ${ssl}" --no-psqlrc --command "select 1"`;
  }

  private async inThePod(script: string): Promise<string> {
    const words = `exec --stdin ${this.release.name}-0 --container postgres -- bash`;
    return (await this.release.kubectl(words, script)).trim();
  }
}

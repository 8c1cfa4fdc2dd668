import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../command.js';
import { eventually } from '../journal.js';
import { databasePod } from './database-pod.js';

const POD = 'managed';
/** As a provider sets one up: nobody gets in without TLS. */
const START = `
set -e
export PGDATA=/tmp/pgdata
initdb --username=postgres --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 >/dev/null
printf 'local all all trust\\nhostssl all all all scram-sha-256\\nhostnossl all all all reject\\n' >$PGDATA/pg_hba.conf
install -m 600 /etc/tls/tls.key /etc/tls/tls.crt /tmp/
exec postgres -c listen_addresses='*' -c unix_socket_directories=/tmp \\
  -c ssl=on -c ssl_cert_file=/tmp/tls.crt -c ssl_key_file=/tmp/tls.key`;

/** A PostgreSQL that stands for a managed one: not made by our chart, with a certificate of a private authority. */
export class ExternalServer {
  static readonly password = 'of-the-provider';

  constructor(
    private readonly namespace: string,
    private readonly folder: string,
  ) {}

  /** The name that its certificate is for. */
  get host(): string {
    return `${POD}.${this.namespace}.svc.cluster.local`;
  }

  /** The file of the authority that signs its certificate. */
  get authority(): string {
    return join(this.folder, 'authority.crt');
  }

  /** Makes it, with database and role as its provider would. @returns its address */
  async start(image: string): Promise<string> {
    await this.makeAuthority('authority');
    await this.certify(this.host, false);
    const pod = databasePod(POD, image, ['bash', '-c', START], {
      labels: { app: POD },
      volumes: [{ name: 'tls', secret: { secretName: POD, defaultMode: 0o440 } }],
      volumeMounts: [{ name: 'tls', mountPath: '/etc/tls', readOnly: true }],
    });
    await this.kubectl('apply --filename -', JSON.stringify(pod));
    await this.kubectl(`create service clusterip ${POD} --clusterip=None --tcp=5432`);
    await eventually(90, () =>
      this.sql(
        `create role cafe login password '${ExternalServer.password}'; create database cafe_lumiere owner cafe;`,
        'postgres',
      ),
    );
    return this.kubectl(`get pod ${POD} --output 'jsonpath={.status.podIP}'`);
  }

  /** Makes a private authority. @returns the file of its certificate */
  async makeAuthority(name: string): Promise<string> {
    await this.openssl(
      `req -x509 -newkey rsa:2048 -nodes -days 1 -subj '/CN=${name}' -keyout ${name}.key -out ${name}.crt`,
    );
    return join(this.folder, `${name}.crt`);
  }

  /** Gives it a certificate for this name, which it uses at once when it runs. */
  async certify(name: string, running = true): Promise<void> {
    writeFileSync(join(this.folder, 'san'), `subjectAltName=DNS:${name}\n`);
    await this.openssl(`req -newkey rsa:2048 -nodes -subj '/CN=${name}' -keyout tls.key -out tls.csr`);
    await this.openssl(
      'x509 -req -in tls.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 1 -extfile san -out tls.crt',
    );
    if (!running) {
      await this.kubectl(
        `create secret tls ${POD} --cert=${join(this.folder, 'tls.crt')} --key=${join(this.folder, 'tls.key')}`,
      );
      return;
    }
    for (const file of ['tls.crt', 'tls.key']) {
      await this.kubectl(`exec --stdin ${POD} -- bash -c 'cat >/tmp/${file}' <${join(this.folder, file)}`);
    }
    await this.sql('select pg_reload_conf()', 'postgres');
  }

  /** Runs SQL as its administrator. @returns the rows, unaligned */
  async sql(text: string, database = 'cafe_lumiere'): Promise<string> {
    const flags = '--no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1';
    const words = `exec --stdin ${POD} -- psql --host=/tmp --username=postgres --dbname=${database} ${flags}`;
    return (await this.kubectl(words, text)).trim();
  }

  private openssl(words: string): Promise<string> {
    return run(`openssl ${words}`, { cwd: this.folder });
  }

  private kubectl(words: string, stdin = ''): Promise<string> {
    return run(`kubectl --namespace ${this.namespace} ${words}`, { stdin });
  }
}

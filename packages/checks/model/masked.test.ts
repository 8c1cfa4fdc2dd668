import { expect, test } from '@jest/globals';
import { check } from '../check.js';
import { findingText } from './finding.js';
import { masked } from './masked.js';
import { manifestsIn } from '../testing/mutation.js';

test.each([
  ['postgres://clerk:geheim@db:5432/x', 'postgres://clerk:***@db:5432/x'],
  ['redis://:geheim@cache:6379', 'redis://:***@cache:6379'],
  ['clerk:geheim@tcp(db:3306)/x', 'clerk:***@tcp(db:3306)/x'],
  ['-DSN=clerk:geheim@tcp(db:3306)/x', '-DSN=clerk:***@tcp(db:3306)/x'],
  ['host=db password=geheim user=clerk', 'host=db password=*** user=clerk'],
  ['Server=db;Pwd=geheim;Database=x', 'Server=db;Pwd=***;Database=x'],
  ['"db_password": "geheim", "host": "db"', '"db_password": "***", "host": "db"'],
  ['PGPASSWORD=geheim psql -h db', 'PGPASSWORD=*** psql -h db'],
  ['mysql --password geheim -h db', 'mysql --password *** -h db'],
  // What is none stays.
  ['http://web:8080/path', 'http://web:8080/path'],
  ['password=$(DB_PASSWORD)', 'password=$(DB_PASSWORD)'],
  ['key DB_PASSWORD of Secret shop/keys', 'key DB_PASSWORD of Secret shop/keys'],
  ['add a Certificate with secretName: web-tls', 'add a Certificate with secretName: web-tls'],
])('%s is said as %s', (text, said) => {
  expect(masked(text)).toBe(said);
});

test('no finding repeats a password: of a URL, of a line of a file, of a variable that is there twice', () => {
  const { findings } = check(
    manifestsIn(`
apiVersion: v1
kind: Service
metadata: { name: ledger-db }
spec: { selector: { app: ledger-db }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  settings.ini: |
    dsn = postgres://clerk:geheim@legder-db:5432/x
    other = host=legder-db port=5432 password=geheim
---
apiVersion: v1
kind: Secret
metadata: { name: login }
stringData:
  login.ini: |
    url = http://legder-db:5432/geheim
---
apiVersion: v1
kind: Pod
metadata: { name: ledger-db, labels: { app: ledger-db } }
spec:
  volumes: [{ name: settings, configMap: { name: settings } }, { name: login, secret: { secretName: login } }]
  containers:
    - name: main
      image: registry.example/ledger:1.0.0
      env:
        - { name: DATABASE_URL, value: 'postgres://clerk:geheim@legder-db:5432/x' }
        - { name: DB_PASSWORD, value: geheim }
        - { name: DB_PASSWORD, value: geheim-2 }
      volumeMounts: [{ name: settings, mountPath: /settings }, { name: login, mountPath: /login }]
`),
  );
  expect(findings.filter(({ id }) => id === 'CAFE001')).toHaveLength(4);
  expect(findings.map(({ id }) => id)).toContain('CAFE025');
  expect(findings.map(findingText).join('\n')).not.toContain('geheim');
  expect(JSON.stringify(findings)).not.toContain('geheim');
});

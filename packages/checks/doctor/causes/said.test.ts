import { expect, test } from '@jest/globals';
import { meaningOf, tellingLine } from './said.js';

// Lines as programs write them: what a line means, and that one is not taken for another.

test.each([
  ['FATAL:  password authentication failed for user "shop"', 'CAFE281'],
  ['MongoServerError: Authentication failed.', 'CAFE281'],
  ['ERROR:  permission denied for table orders', 'CAFE282'],
  ['error: relation "orders" does not exist', 'CAFE282'],
  ["ERROR 1146 (42S02): Table 'shop.orders' doesn't exist", 'CAFE282'],
  [
    'FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "shop", database "shop", no encryption',
    'CAFE282',
  ],
  ["Host '10.0.0.7' is not allowed to connect to this MySQL server", 'CAFE282'],
  ['FATAL:  sorry, too many clients already', 'CAFE283'],
  ['FATAL:  the database system is not accepting connections', 'CAFE284'],
  ['ERROR:  cannot execute INSERT in a read-only transaction', 'CAFE285'],
  [
    'psql: error: connection to server on socket "/run/.s.PGSQL.5432" failed: No such file or directory',
    'CAFE275',
  ],
  ['Error: connect ECONNREFUSED 10.0.0.7:5432', 'CAFE275'],
  ['dial tcp: lookup stor on 10.96.0.10:53: no such host', 'CAFE274'],
  ['Error: certificate has expired', 'CAFE237'],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'CAFE237'],
  [
    'pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop"',
    'CAFE238',
  ],
  ['java.lang.OutOfMemoryError: Java heap space', 'CAFE252'],
  ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'CAFE252'],
  ['exec /app/server: exec format error', 'CAFE225'],
  ["Error: Cannot find module '/app/server.js'", 'CAFE255'],
  ['touch: /data/x: Permission denied', 'CAFE255'],
  ['OSError: [Errno 28] No space left on device', 'CAFE255'],
  ['Error: SHOP_CURRENCY is required', undefined],
])('%s', (line, code) => {
  expect(meaningOf(line)?.code).toBe(code);
});

test('of a stack the line that says something is told', () => {
  const lines = [
    'node:internal/modules/cjs/loader:1408',
    '  throw err;',
    '  ^',
    "Error: Cannot find module 'express'",
    '    at Function._resolveFilename (node:internal/modules/cjs/loader:1405:15)',
    "Emitted 'error' event on Server instance at:",
    'Node.js v24.1.0',
    'npm error Lifecycle script `start` failed with error:',
  ];
  expect(tellingLine(lines)).toEqual({ text: "Error: Cannot find module 'express'", isLast: true });
});

test('a known line with another error behind it is not the last word', () => {
  const lines = [
    'warning: /etc/shop.conf: No such file or directory',
    'ready',
    'panic: the price is negative',
  ];
  expect(tellingLine(lines)).toEqual({ text: lines[0], isLast: false });
});

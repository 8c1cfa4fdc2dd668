import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { redactedObject, redactedText } from './redaction.js';

const SECRET = 'hunter2-hunter2';

const OBJECTS = {
  'a Secret': {
    kind: 'Secret',
    metadata: { name: 'a' },
    data: { password: SECRET },
    stringData: { other: SECRET },
  },
  'what kubectl apply keeps of it': {
    kind: 'Secret',
    metadata: { name: 'a', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': SECRET } },
  },
  'a variable': { kind: 'Pod', spec: { containers: [{ env: [{ name: 'DB_PASSWORD', value: SECRET }] }] } },
  'a URL': {
    kind: 'Pod',
    spec: { containers: [{ env: [{ name: 'URL', value: `postgres://me:${SECRET}@db/x` }] }] },
  },
  'an argument': { kind: 'Pod', spec: { containers: [{ args: ['--password', SECRET] }] } },
  'an argument with =': { kind: 'Pod', spec: { containers: [{ args: [`--requirepass=${SECRET}`] }] } },
  'an argument of a script': {
    kind: 'Pod',
    spec: { containers: [{ args: [`serve --auth-token ${SECRET}`] }] },
  },
  'a header of a probe': {
    kind: 'Pod',
    spec: {
      containers: [{ livenessProbe: { httpGet: { httpHeaders: [{ name: 'X-Token', value: SECRET }] } } }],
    },
  },
  'a key of a ConfigMap': { kind: 'ConfigMap', metadata: {}, data: { 'api-key': SECRET } },
  'a file in a ConfigMap': {
    kind: 'ConfigMap',
    metadata: {},
    data: { 'a.ini': `user = me\npassword = ${SECRET}\n` },
  },
  'an event': { kind: 'Event', message: `cannot log in with password=${SECRET}` },
} as const;

test.each(Object.entries(OBJECTS))('%s', (_name, object) => {
  expect(JSON.stringify(redactedObject(object))).not.toContain(SECRET);
});

test.each([`Authorization: Bearer ${SECRET}`, `{"password":"${SECRET}"}`, `token: ${SECRET}`])(
  'a line: %s',
  (line) => {
    expect(redactedText(line)).not.toContain(SECRET);
  },
);

test('the record of a Helm release keeps why it failed, and no value and no manifest', () => {
  const record = {
    name: 'blue',
    info: { status: 'failed', description: `cannot create it: password=${SECRET} is too short` },
    config: { auth: { secretWord: SECRET } },
    manifest: SECRET,
  };
  const release = Buffer.from(gzipSync(JSON.stringify(record)).toString('base64')).toString('base64');
  const object = {
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata: {
      name: 'sh.helm.release.v1.blue.v1',
      labels: { owner: 'helm', name: 'blue', status: 'failed' },
    },
    data: { release },
  };
  expect(redactedObject(object)).toMatchObject({
    data: { release: '' },
    said: 'cannot create it: password=(redacted) is too short',
  });
  expect(JSON.stringify(redactedObject(object))).not.toMatch(new RegExp(`${SECRET}|${release}`));
});

test('names, keys and hosts stay', () => {
  expect(redactedObject(OBJECTS['a Secret'])).toMatchObject({ data: { password: '', other: '' } });
  expect(redactedText('postgres://me:x@db:5432/shop')).toContain('@db:5432/shop');
  expect(redactedText('password authentication failed for user "cafe"')).toBe(
    'password authentication failed for user "cafe"',
  );
});

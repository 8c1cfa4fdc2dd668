import { expect, test } from '@jest/globals';
import { LineCounter, parseDocument } from 'yaml';
import { placeOf } from './yaml-place.js';

const TEXT = `kind: Deployment
spec:
  selector:
    matchLabels:
      app: web
  containers:
    - name: web
      env:
        - name: A
          value: one
  ports:
    - containerPort: 80
data:
  nginx.conf: |
    server {
      listen 80;
    }
stringData:
  password: x
`;

test.each([
  // Of a name and its value, the value counts.
  ['spec.containers[web].env[A]', 10],
  ['spec.containers[web].env[A].name', 9],
  ['spec.containers[web].readinessProbe', 7],
  // A field that holds one field is at that one.
  ['spec.selector', 5],
  ['spec.ports[80].containerPort', 12],
  ['data.nginx.conf', 14],
  ['data.password', 19],
  ['no.such.field', 1],
])('%s is at line %d', (field, line) => {
  const lines = new LineCounter();
  expect(placeOf(parseDocument(TEXT, { lineCounter: lines }).contents, field, lines).line).toBe(line);
});

test('a line of a text is below its key', () => {
  const lines = new LineCounter();
  const { contents } = parseDocument(TEXT, { lineCounter: lines });
  expect(placeOf(contents, 'data.nginx.conf', lines, 2)).toEqual({ line: 16, column: 1 });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { bundledProgram } from './testing/bundled-fixture.js';

describe('a service as a process', () => {
  /** kitchen-service: the one that needs nothing but a URL. */
  let program: string;
  beforeAll(async () => {
    program = await bundledProgram(
      fileURLToPath(new URL('../../services/kitchen-service/main.ts', import.meta.url)),
    );
  });
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const start = (environment: Record<string, string>) => {
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env['PATH'], HOST: '127.0.0.1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const output = { log: '', error: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.log += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.error += chunk.toString()));
    const listening = (async () => {
      while (!output.log.includes('listening')) await once(child.stdout, 'data');
    })();
    return { child, output, listening, closed: once(child, 'close') };
  };
  const good = {
    PORT: '0',
    OPERATIONS_PORT: '0',
    ORDER_SERVICE_URL: 'http://127.0.0.1:9',
    DRAIN_SECONDS: '0',
  };

  test('that cannot be configured names every variable on a line of its own, and exits with 78', async () => {
    const { output, closed } = start({ PORT: 'abc', DRAIN_SECONDS: '-1' });
    await expect(closed).resolves.toEqual([78, null]);
    const lines = output.error.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('PORT is "abc"');
    expect(lines[1]).toContain('DRAIN_SECONDS is "-1"');
    expect(lines[2]).toContain('ORDER_SERVICE_URL is not set');
    expect(JSON.parse(output.log)).toMatchObject({ level: 'fatal', service: 'kitchen-service' });
  });

  test('says in its log of which trace a request is', async () => {
    const { output, listening } = start(good);
    await listening;
    const [, port = ''] = /listening on 127\.0\.0\.1:(\d+)/.exec(output.log) ?? [];
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const { status } = await fetch(`http://127.0.0.1:${port}/kitchen/orders`, { headers });
    expect(status).toBe(503);
    const lines = (): Record<string, unknown>[] =>
      output.log
        .split('\n')
        .filter((line) => line.includes('/kitchen/orders'))
        .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
    // Of what went wrong, and of the answer.
    while (lines().length < 2) await pause(20);
    for (const line of lines()) {
      expect(line).toMatchObject({
        trace_id: traceId,
        requestId: traceId,
        span_id: expect.stringMatching(/^[\da-f]{16}$/),
      });
    }
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends in order on %s', async (signal) => {
    const { child, output, listening, closed } = start(good);
    await listening;
    child.kill(signal);
    await expect(closed).resolves.toEqual([0, null]);
    expect(output.log).toContain('"msg":"ended"');
    expect(output.error).toBe('');
  });

  test('ends at once on a second signal', async () => {
    const { child, output, listening, closed } = start({ ...good, DRAIN_SECONDS: '600' });
    await listening;
    child.kill('SIGTERM');
    while (!output.log.includes('draining')) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    await expect(closed).resolves.toEqual([1, null]);
  });

  test('on a port that is taken says so', async () => {
    const first = start(good);
    await first.listening;
    const port = /"port":(\d+)/.exec(first.output.log)?.[1] ?? '';
    const second = start({ ...good, PORT: port });
    await expect(second.closed).resolves.toEqual([1, null]);
    expect(second.output.error).toContain(`cannot listen on 127.0.0.1:${port}`);
    const third = start({ ...good, OPERATIONS_PORT: port });
    await expect(third.closed).resolves.toEqual([1, null]);
    expect(third.output.error).toContain(`cannot listen on 127.0.0.1:${port}`);
  });
});

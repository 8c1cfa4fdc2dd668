import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';

const GATE = fileURLToPath(new URL('./wait-for-postgres.ts', import.meta.url));

test('the gate in front of order-service reads its variables, and opens when the database is usable', async () => {
  const server = await PostgresFixture.start();
  const exitCode = async (environment: Record<string, string>): Promise<unknown> => {
    const env = { PATH: process.env['PATH'], ...environment, GATE_TIMEOUT_SECONDS: '20' };
    const gate = spawn(process.execPath, ['--import', 'tsx', GATE], { env, stdio: 'ignore' });
    await once(gate, 'exit');
    return gate.exitCode;
  };
  await expect(exitCode({ ...server.environment })).resolves.toBe(0);
  await expect(exitCode({ ...server.environment, DB_SSL_MODE: 'require' })).resolves.toBe(78);
  await server.remove();
});

import { describe, expect, test } from '@jest/globals';
import {
  calls,
  type ConfigOf,
  count,
  host,
  oneOf,
  port,
  secret,
  seconds,
  text,
} from '@cafe-lumiere/contract';
import { ConfigurationError, ConfigurationReader } from './config.js';

const variables = {
  DB_HOST: host('shop-postgresql'),
  DB_PORT: port(),
  DB_NAME: text(),
  DB_PASSWORD: secret(),
  ORDER_SERVICE_URL: calls(),
  DB_POOL_MAX: count(8),
  DRAIN_SECONDS: seconds(5),
  LOG_LEVEL: oneOf(['info', 'debug'], 'info'),
};
const good = {
  DB_HOST: 'shop-postgresql',
  DB_PORT: '5432',
  DB_NAME: 'shop',
  DB_PASSWORD: 's e c r e t',
  ORDER_SERVICE_URL: 'http://order-service:5001',
};

function read(environment: Record<string, string | undefined>): ConfigOf<typeof variables> {
  const reader = new ConfigurationReader('order-service', environment);
  const config = reader.read(variables);
  reader.end();
  return config;
}

const errorOf = (environment: Record<string, string | undefined>): ConfigurationError => {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('the configuration was taken');
};

test('what is there is read, what may be absent has its default', () => {
  expect(read(good)).toEqual({
    ...good,
    DB_PORT: 5432,
    DB_POOL_MAX: 8,
    DRAIN_SECONDS: 5,
    LOG_LEVEL: 'info',
  });
});

test('every variable that is missing or malformed is named, a line each', () => {
  const { problems, message } = errorOf({ DB_PORT: 'abc', ORDER_SERVICE_URL: 'order-service:5001' });
  expect(problems.map((problem) => problem.variable)).toEqual([
    'DB_HOST',
    'DB_PORT',
    'DB_NAME',
    'DB_PASSWORD',
    'ORDER_SERVICE_URL',
  ]);
  expect(message.split('\n')).toHaveLength(5);
  expect(message).toContain('order-service: DB_PORT is "abc"; a port is a whole number from 1 to 65535');
  expect(message).toContain('DB_HOST is not set; it needs a value such as shop-postgresql');
});

describe('refused, with the value that was found', () => {
  test.each([
    ['DB_PORT', '0'],
    ['DB_PORT', '65536'],
    ['DB_PORT', '54.32'],
    ['DB_PORT', '0x1538'],
    ['DB_PORT', '5e3'],
    ['DB_PORT', ' 5432'],
    ['DB_PORT', '-1'],
    ['DB_HOST', 'http://postgres'],
    ['DB_HOST', 'two words'],
    ['DB_NAME', 'cafe '],
    ['ORDER_SERVICE_URL', 'ftp://order-service'],
    ['ORDER_SERVICE_URL', 'http://order-service:5001/orders'],
    ['DRAIN_SECONDS', 'five'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s', (name, value) => {
    const { problems } = errorOf({ ...good, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.variable).toBe(name);
    expect(problems[0]?.message).toContain(value);
  });

  test.each(['DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_PASSWORD', 'ORDER_SERVICE_URL'])('%s empty', (name) => {
    expect(errorOf({ ...good, [name]: '' }).problems).toMatchObject([{ variable: name }]);
  });
});

test('a password with a line break is refused without being shown', () => {
  const { message } = errorOf({ ...good, DB_PASSWORD: 'hunter2\n' });
  expect(message).toMatch(/DB_PASSWORD .*line break.*printf/);
  expect(message).not.toContain('hunter2');
});

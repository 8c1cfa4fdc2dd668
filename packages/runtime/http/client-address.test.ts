import { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { clientAddress } from './client-address.js';

const asked = (remoteAddress: string, forwarded?: string) => ({
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  socket: Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress }),
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('%s is one client: %s', (address, client) => {
  expect(clientAddress(asked(address))).toBe(client);
});

test.each([
  ['nobody is trusted', 0, '203.0.113.7', '192.0.2.1'],
  ['our proxy says whom it was asked by', 1, '203.0.113.7', '203.0.113.7'],
  ['what the client itself wrote does not count', 1, '10.0.0.1, 203.0.113.7', '203.0.113.7'],
  ['two proxies', 2, '10.0.0.1, 203.0.113.7, 198.51.100.2', '203.0.113.7'],
  ['fewer have written than are trusted', 2, '203.0.113.7', '203.0.113.7'],
  ['nobody has written', 1, undefined, '192.0.2.1'],
])('behind proxies: %s', (_, trusted, forwarded, client) => {
  expect(clientAddress(asked('192.0.2.1', forwarded), trusted)).toBe(client);
});

import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Who asks, for limits of one client: an IPv4 address, or the first 64 bits of an IPv6 address, which is what one customer
 * of a provider has (RFC 6177).
 *
 * @param trustedProxies - how many of our own proxies a request passes. Each adds to `X-Forwarded-For` whom it was asked by;
 * what stands before their entries anybody can write. @default 0: the connection's own address
 */
export function clientAddress(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustedProxies = 0,
): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  const hops = [...forwarded, socket.remoteAddress ?? '']
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '');
  return clientNetwork(hops.at(-1 - trustedProxies) ?? hops[0] ?? '');
}

/** Who counts as one client: an IPv4 address, and of IPv6 the first 64 bits. What is no address stays what it is. */
export function clientNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [before = '', after = ''] = address.toLowerCase().replace(/%.*$/, '').split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [head, tail] = [groups(before), groups(after)];
  const filled = [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
  return `${filled
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

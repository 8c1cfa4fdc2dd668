import { isIP } from 'node:net';

/** Checks a network as a policy names it. @throws Error that names the construct, the property and the value */
export function checkNetwork(path: string, property: string, network: string): void {
  const [address = '', length = '', ...rest] = network.split('/');
  const family = isIP(address);
  if (
    family !== 0 &&
    rest.length === 0 &&
    /^\d+$/.test(length) &&
    Number(length) <= (family === 4 ? 32 : 128)
  )
    return;
  throw new Error(
    `${path}: ${property} has "${network}"; a network is an address and the length of its prefix, such as 10.20.0.0/24 or 10.20.0.7/32.`,
  );
}

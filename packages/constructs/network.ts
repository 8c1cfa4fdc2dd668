import { isIP } from 'node:net';

/**
 * Checks the networks of somebody outside the cluster.
 *
 * @param destination - who has these addresses, in words
 * @throws Error that names the construct, the property and the value
 */
export function checkNetworks(
  path: string,
  property: string,
  networks: readonly string[],
  destination: string,
): void {
  if (networks.length === 0) {
    throw new Error(
      `${path}: ${property} is empty, so that no service could reach ${destination}; name those of its addresses, such as "10.20.0.0/24".`,
    );
  }
  for (const network of networks) checkNetwork(path, property, network);
}

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

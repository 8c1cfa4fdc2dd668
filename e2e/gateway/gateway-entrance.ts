import { kubectl } from '../cluster.js';
import { eventually, must } from '../journal.js';
import type { Door } from '../load/browser.js';
import { type Certificate, HOSTNAME } from './certificate.js';

/** Waits until the café's Gateway has an address and shows the certificate there. */
export function gatewayEntrance(
  certificate: Certificate,
): Promise<{ readonly origin: string; readonly door: Required<Door> }> {
  return eventually(120, async () => {
    const address = await kubectl(`get gateway frontend -o jsonpath='{.status.addresses[0].value}'`);
    must(address !== '', 'the Gateway has no address yet');
    await certificate.mustBeServed(address);
    return { origin: `https://${HOSTNAME}`, door: { address, ca: certificate.authority } };
  });
}

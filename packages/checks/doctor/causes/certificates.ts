import type { LiveCluster } from '../model/live-cluster.js';
import type { Cause } from './cause.js';

const DAY = 86_400_000;
/** Who renews certificates does it well before: cert-manager when a third of their life is left. */
const SOON_MILLISECONDS = 7 * DAY;

/** Certificates that have ended, or that nobody has renewed in time. */
export function certificateCauses(cluster: LiveCluster): readonly Cause[] {
  return cluster.secrets.flatMap(({ metadata, certificate }): Cause[] => {
    if (!certificate) return [];
    const { namespace, name } = metadata;
    const [from, until] = [Date.parse(certificate.from), Date.parse(certificate.until)];
    const left = until - cluster.now;
    if (left > Math.min(SOON_MILLISECONDS, (until - from) / 3)) return [];
    const title = `Secret ${namespace}/${name}`;
    return [
      {
        code: 'CAFE237',
        verdict: 'proven',
        key: title,
        sentence: `the certificate in ${title} for ${certificate.names} ${left < 0 ? 'has ended' : 'ends'} at ${certificate.until}${left < 0 ? '' : `, in ${Math.floor(left / DAY)} days, and nobody has renewed it`}`,
        evidence: [{ object: title, field: 'tls.crt, not after', value: certificate.until }],
        breaks: [title],
        mend: `renew it where it comes from; by hand: kubectl -n ${namespace} create secret tls ${name} --cert=FILE --key=FILE --dry-run=client -o yaml | kubectl apply -f -`,
      },
    ];
  });
}

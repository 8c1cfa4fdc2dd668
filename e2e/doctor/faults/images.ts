import type { Fault } from '../fault.js';
import { job, REDIS, renamed, scheduled, sleeper, store, web } from '../objects.js';

export const images: readonly Fault[] = [
  {
    name: 'image-missing',
    objects: () => [...store(), ...web({ container: { image: REDIS.replace(/:[^:]*$/, ':no-such') } })],
    roots: [['CAFE221', 'no-such']],
  },
  {
    name: 'registry-away',
    objects: () => [sleeper('web', { container: { image: 'registry.invalid/shop/web:1' } })],
    roots: [['CAFE223', 'registry.invalid']],
  },
  {
    name: 'image-name',
    objects: () => [sleeper('web', { container: { image: 'Shop/Web:1' } })],
    roots: [['CAFE224', 'Shop/Web:1']],
  },
  {
    name: 'store-image-missing',
    objects: () => [...store({ container: { image: REDIS.replace(/:[^:]*$/, ':gone') } }), ...web()],
    roots: [['CAFE221', 'gone']],
  },
  {
    name: 'image-never-pulled',
    objects: () => [sleeper('web', { container: { image: 'shop/web:1', imagePullPolicy: 'Never' } })],
    roots: [['CAFE226', 'shop/web:1']],
  },
  {
    name: 'gate-image-missing',
    objects: () => [
      ...store(),
      sleeper('web', {
        pod: {
          initContainers: [{ name: 'wait', image: REDIS.replace(/:[^:]*$/, ':wait'), command: ['true'] }],
        },
      }),
    ],
    roots: [['CAFE221', ':wait']],
  },
  {
    name: 'other-platform',
    before: [
      // The same image, announced for a processor that this cluster has not.
      `type=application/vnd.docker.distribution.manifest; url=http://${REDIS.replace('/docker/', '/v2/docker/').replace(/:[^:]*$/, '')}/manifests; head=$(curl -fsSI -H "Accept: $type.v2+json" $url/8.2.2-alpine | tr -d '\\r'); digest=$(awk 'tolower($1) == "docker-content-digest:" { print $2 }' <<<"$head"); size=$(awk 'tolower($1) == "content-length:" { print $2 }' <<<"$head"); curl -fsS -X PUT -H "Content-Type: $type.list.v2+json" $url/s390x-only -d '{"schemaVersion":2,"mediaType":"'$type'.list.v2+json","manifests":[{"mediaType":"'$type'.v2+json","digest":"'$digest'","size":'$size',"platform":{"architecture":"s390x","os":"linux"}}]}'`,
    ],
    objects: () => [sleeper('web', { container: { image: REDIS.replace(/:[^:]*$/, ':s390x-only') } })],
    roots: [['CAFE225', 's390x-only']],
  },
  {
    name: 'rollout-of-missing-image',
    objects: () => [...store(), ...web()],
    then: [
      'kubectl rollout status deployment/web --timeout=60s',
      `kubectl set image deployment/web web=${REDIS.replace(/:[^:]*$/, ':next')}`,
    ],
    roots: [['CAFE221', ':next']],
  },
  {
    name: 'image-of-scheduled-job-missing',
    objects: () => [
      renamed(
        scheduled('report', job('report', 'Never', 'true')),
        REDIS,
        REDIS.replace(/:[^:]*$/, ':nightly'),
      ),
    ],
    then: ['kubectl create job --from=cronjob/report report-1'],
    roots: [['CAFE221', ':nightly']],
  },
];

import type { LiveCluster, Title } from '../model/live-cluster.js';
import { DNS_NAMESPACE, DNS_SERVICE } from '../reading/kinds.js';
import type { Probe, ProbedSocket } from '../reading/reading.js';
import { type Cause, cpuOf, DNS, edgeOf, type Evidence } from './cause.js';
import { arePoliciesKnown, forbiddenEdges } from './network.js';
import { kindAndName } from './placing.js';

/** Clocks that differ by more than that break log-ins, certificates and orders of events. */
const CLOCK_SECONDS = 5;

/** One try from a pod on a node to a pod on a node. */
interface Try {
  readonly from: Probe;
  readonly to: ProbedSocket;
}

/** What connections and names, tried from inside the pods, have shown. */
export function probedCauses(cluster: LiveCluster): readonly Cause[] {
  const probes = cluster.reading.probes ?? [];
  const forbidden = forbiddenEdges(cluster);
  const tries = probes.flatMap((from) =>
    from.sockets.flatMap((to): Try[] =>
      forbidden.has(edgeOf(from.workload, to.service)) ? [] : [{ from, to }],
    ),
  );
  const links = brokenLinks(cluster, tries, probes);
  const silent = [
    ...new Set(links.map(({ cause }) => cause)),
    ...deaf(tries, links),
    ...names(cluster, probes, links),
  ];
  return [
    ...(arePoliciesKnown(cluster) ? silent : silent.map(unsure)),
    ...large(tries),
    ...clocks(probes),
    ...heldBack(cluster, probes),
  ];
}

/** Whoever does not see a policy takes what it forbids for silence. */
const unsure = (cause: Cause): Cause => ({
  ...cause,
  verdict: 'likely',
  decide: 'whether a NetworkPolicy forbids it: what that takes to know may not be read',
});

interface Link {
  readonly nodes: readonly [string, string];
  readonly cause: Cause;
}

/** Two nodes of which one never answers the other, while it answers somebody. */
function brokenLinks(cluster: LiveCluster, tries: readonly Try[], probes: readonly Probe[]): readonly Link[] {
  const ways = new Map<string, { answered: number; silent: number; seen: Evidence[]; edges: Title[] }>();
  const note = (from: Probe, to: string, answer: string, seen: Evidence, broken: Title): void => {
    if (to === '' || from.node === '') return;
    const key = `${from.node} ${to}`;
    const way = ways.get(key) ?? { answered: 0, silent: 0, seen: [], edges: [] };
    ways.set(key, way);
    if (answer === 'silent') {
      way.silent += 1;
      way.seen.push(seen);
      way.edges.push(broken);
    } else way.answered += 1;
  };
  for (const { from, to } of tries) {
    note(from, to.node, to.answer, evidenceOf(from, to), edgeOf(from.workload, to.service));
  }
  const dns = new Map(
    cluster.endpointsOf(DNS_NAMESPACE, DNS_SERVICE).map((each) => [each.address, each.node]),
  );
  for (const from of probes) {
    for (const { server, name, answer } of from.names) {
      const seen = { object: podOf(from), field: `asks DNS at ${server} for ${name}`, value: answer };
      note(from, dns.get(server) ?? '', answer, seen, edgeOf(from.workload, DNS));
    }
  }
  const found = new Map<string, Link>();
  for (const [key, way] of ways) {
    const [from = '', to = ''] = key.split(' ');
    const isElsewhereWell = [...ways].some(
      ([other, { answered }]) => other.endsWith(` ${to}`) && other !== key && answered > 0,
    );
    if (from === to || way.answered > 0 || way.silent === 0 || !isElsewhereWell) continue;
    const back = ways.get(`${to} ${from}`);
    const pair = [from, to].sort().join(' ');
    const first = found.get(pair);
    const direction =
      first !== undefined || (back?.answered === 0 && back.silent > 0)
        ? 'in both directions'
        : back
          ? `in this direction only: ${to} reaches ${from}`
          : `and nothing was tried from ${to} to ${from}`;
    found.set(pair, {
      nodes: [from, to],
      cause: {
        code: 'CAFE204',
        verdict: 'proven',
        key: pair,
        sentence: `pods on node ${from} get no answer from pods on node ${to}, ${direction}, and others do: it works wherever the two ends are not on these two nodes`,
        evidence: [...(first?.cause.evidence ?? []), ...way.seen].slice(0, 4),
        breaks: [...(first?.cause.breaks ?? []), ...way.edges],
        mend: `kubectl get node ${from} ${to} -o wide   # then: the network between these two (routes, firewall, the CNI's agent on both)`,
      },
    });
  }
  return alone([...found.values()]);
}

/** A node that is in every broken link, of several, is the one whose link it is. */
function alone(links: readonly Link[]): readonly Link[] {
  const [first] = links;
  const node = first?.nodes.find((each) => links.every(({ nodes }) => nodes.includes(each)));
  if (!first || node === undefined || links.length < 2) return links;
  const cause: Cause = {
    ...first.cause,
    key: node,
    sentence: `pods on node ${node} and those on ${links.flatMap(({ nodes }) => nodes.filter((each) => each !== node)).join(', ')} do not reach each other: it works only where both ends are on ${node}, or neither is`,
    evidence: links.flatMap(({ cause: { evidence } }) => evidence).slice(0, 4),
    breaks: links.flatMap(({ cause: { breaks } }) => breaks),
    mend: `kubectl describe node ${node}   # then: its link, its firewall, its routes, the CNI's agent on it`,
  };
  return links.map(({ nodes }) => ({ nodes, cause }));
}

/** What answers a small question and not a large one. */
function large(tries: readonly Try[]): readonly Cause[] {
  const lost = tries.filter(({ to }) => to.answer === 'answers' && to.large === 'silent');
  const [first] = lost;
  if (!first) return [];
  const ways = [
    ...new Set(lost.flatMap(({ from, to }) => (to.node === '' ? [] : [`${from.node} to ${to.node}`]))),
  ];
  const isWell = tries.some(({ to }) => to.large === 'answers');
  return [
    {
      code: 'CAFE205',
      verdict: 'proven',
      key: 'large packets',
      sentence: `large packets are lost on the way from ${ways.join(', from ')}: connections open, small questions are answered, and large ones hang (MTU)`,
      evidence: lost.slice(0, 3).map(({ from, to }) => ({
        ...evidenceOf(from, to),
        value: 'a small question is answered, one of 6000 bytes is not',
      })),
      breaks: lost.map(({ from, to }) => edgeOf(from.workload, to.service)),
      mend: `set the MTU of the pods' network to that of the smallest link${isWell ? '' : ' on every node'}, less what the overlay needs (50 for VXLAN, 60 to 80 for WireGuard)`,
    },
  ];
}

/** A pod that counts as ready and does not answer those who may ask it. */
function deaf(tries: readonly Try[], links: readonly Link[]): readonly Cause[] {
  const isLink = ({ from, to }: Try): boolean =>
    links.some(({ nodes }) => nodes.includes(from.node) && nodes.includes(to.node));
  const judged = tries.filter((each) => !isLink(each) && each.to.answer !== 'not tried');
  const services = [...new Set(judged.map(({ to }) => to.service))];
  return services.flatMap((service): Cause[] => {
    const own = judged.filter(({ to }) => to.service === service);
    const pods = [...new Set(own.flatMap(({ to }) => (to.pod === '' ? [] : [to.pod])))];
    const silent = pods.filter((pod) => own.every(({ to }) => to.pod !== pod || to.answer !== 'answers'));
    const seen = own.filter(({ to }) => silent.includes(to.pod));
    if (seen[0]) {
      const share =
        silent.length === pods.length
          ? 'none of its pods answers'
          : `${silent.length} of its ${pods.length} pods ${silent.length === 1 ? 'does' : 'do'} not answer: it works only after several clicks`;
      return [
        {
          code: 'CAFE278',
          verdict: 'proven',
          key: service,
          sentence: `${service} leads to ${silent.join(', ')}, which ${silent.length === 1 ? 'counts' : 'count'} as ready and ${seen[0].to.answer === 'refused' ? 'refuses connections' : 'is silent'}; ${share}`,
          evidence: seen.slice(0, 4).map(({ from, to }) => evidenceOf(from, to)),
          breaks: [service, ...seen.map(({ from }) => edgeOf(from.workload, service))],
          mend: `kubectl -n ${namespaceOf(service)} delete pod ${silent[0] ?? ''}   # and give it a readiness probe that asks the port which others ask`,
        },
      ];
    }
    const byAddress = own.filter(
      ({ from, to }) =>
        to.pod === '' &&
        to.answer !== 'answers' &&
        own.some((other) => other.from === from && other.to.pod !== '') &&
        own.every((other) => other.from !== from || other.to.pod === '' || other.to.answer === 'answers'),
    );
    if (!byAddress[0]) return [];
    const nodes = [...new Set(byAddress.map(({ from }) => from.node))];
    return [
      {
        code: 'CAFE279',
        verdict: 'proven',
        key: service,
        sentence: `on node ${nodes.join(', ')} the address of ${service} does not lead to its pods, which all answer by their own: kube-proxy, or what stands for it, does not do its work there`,
        evidence: byAddress.slice(0, 4).map(({ from, to }) => evidenceOf(from, to)),
        breaks: byAddress.map(({ from }) => edgeOf(from.workload, service)),
        mend: `restart kube-proxy (or the CNI's agent that replaces it) on ${nodes.join(', ')}`,
      },
    ];
  });
}

/** Names that some DNS pod, or all, do not answer. */
function names(cluster: LiveCluster, probes: readonly Probe[], links: readonly Link[]): readonly Cause[] {
  const dns = cluster.endpointsOf(DNS_NAMESPACE, DNS_SERVICE);
  const own = probes.filter(
    ({ names: asked, workload }) => asked.length > 0 && !forbiddenEdges(cluster).has(edgeOf(workload, DNS)),
  );
  return dns.flatMap(({ address, pod, node }): Cause[] => {
    const asked = own.flatMap((from) => {
      const isLink = links.some(
        ({ nodes }) => nodes.includes(from.node) && nodes.includes(node) && from.node !== node,
      );
      return isLink
        ? []
        : from.names.flatMap((each) => (each.server === address ? [{ from, answer: each.answer }] : []));
    });
    const bad = asked.filter(({ answer }) => answer === 'silent' || answer === 'refused');
    if (bad.length === 0) return [];
    const nodes = [...new Set(bad.map(({ from }) => from.node))];
    const isDeaf = bad.length === asked.length;
    return [
      {
        code: 'CAFE206',
        verdict: 'proven',
        key: pod,
        sentence: `DNS pod ${pod} on node ${node} does not answer ${isDeaf ? 'anybody' : `pods on node ${nodes.join(', ')}`}: every ${dns.length === 1 ? '' : `${ORDINALS[dns.length] ?? `${dns.length}th`} `}name takes seconds, or fails`,
        evidence: bad.slice(0, 4).map(({ from, answer }) => ({
          object: podOf(from),
          field: `asks DNS at ${address}`,
          value: answer,
        })),
        breaks: bad.map(({ from }) => edgeOf(from.workload, DNS)),
        mend: isDeaf
          ? `kubectl -n ${DNS_NAMESPACE} delete pod ${pod}   # its Deployment makes another`
          : `kubectl get node ${nodes.join(' ')} ${node} -o wide   # then: what filters port 53 on the way from there to ${node} (firewall, node-local DNS, the CNI's agent)`,
      },
    ];
  });
}

const ORDINALS: Readonly<Record<number, string>> = { 2: 'second', 3: 'third' };

/** Nodes whose time is not that of this computer, beyond what the question took. */
function clocks(probes: readonly Probe[]): readonly Cause[] {
  const differing = probes.flatMap(({ clock, node, ...from }) => {
    if (!clock) return [];
    const { now, startedAt, endedAt } = clock;
    const seconds = (now < startedAt ? now - startedAt : now > endedAt ? now - endedAt : 0) / 1000;
    return Math.abs(seconds) > CLOCK_SECONDS ? [{ node, seconds, from }] : [];
  });
  const nodes = [...new Set(differing.map(({ node }) => node))];
  return nodes.map((node): Cause => {
    const { seconds = 0, from } = differing.find((each) => each.node === node) ?? {};
    return {
      code: 'CAFE207',
      verdict: nodes.length === new Set(probes.map((each) => each.node)).size ? 'likely' : 'proven',
      key: node,
      sentence: `the clock of node ${node} is ${Math.abs(seconds).toFixed(0)} s ${seconds > 0 ? 'ahead' : 'behind'}`,
      evidence: [
        {
          object: `Pod ${from?.namespace ?? ''}/${from?.pod ?? ''}`,
          field: 'time',
          value: `${seconds.toFixed(1)} s`,
        },
      ],
      breaks: [`Node ${node}`],
      mend: `start time synchronisation on ${node}: timedatectl set-ntp true`,
      decide: "whether it is this computer's own clock",
    };
  });
}

/** As many time slices say something: half a minute of work. */
const SLICES = 50;
/** So large a part of them is more than a busy moment. */
const HELD_BACK = 0.25;

/** Containers that their CPU limit holds back: a fault where a probe of theirs gets no answer in time. */
function heldBack(cluster: LiveCluster, probes: readonly Probe[]): readonly Cause[] {
  return probes.flatMap(({ workload: title, cpu = [], ...from }) =>
    cpu.flatMap(({ container, slices, heldBack: count }): Cause[] => {
      const workload = cluster.workload(title);
      if (!workload || slices < SLICES || count < slices * HELD_BACK) return [];
      const [pod] = workload.pods.filter(({ metadata }) => metadata.name === from.pod);
      const limit =
        pod?.spec.containers.find(({ name }) => name === container)?.resources.limits['cpu'] ?? '';
      const percent = Math.round((100 * count) / slices);
      return [
        {
          code: 'CAFE256',
          verdict: 'proven',
          key: `${title} ${container}`,
          sentence: `container ${container} of ${title} is held back by its CPU limit of ${limit}, in ${percent} % of the time slices in which it had work, and answers too late`,
          evidence: [
            {
              object: `Pod ${from.namespace}/${from.pod}`,
              field: `cpu.stat of container ${container}`,
              value: `nr_throttled ${count} of nr_periods ${slices}`,
            },
          ],
          breaks: [cpuOf(title)],
          onlyIfBlamed: true,
          mend: `kubectl -n ${workload.namespace} set resources ${kindAndName(workload)} -c ${container} --limits=cpu=…   # more than ${limit}`,
        },
      ];
    }),
  );
}

const podOf = ({ namespace, pod }: Probe): Title => `Pod ${namespace}/${pod}`;
const namespaceOf = (service: Title): string => service.replace(/^Service |\/.*$/g, '');
const evidenceOf = (from: Probe, { service, host, port, pod, node, answer }: ProbedSocket): Evidence => ({
  object: `${podOf(from)} on ${from.node}`,
  field: `connects with ${pod === '' ? service : `${pod} on ${node}`} (${host}:${port})`,
  value: answer,
});

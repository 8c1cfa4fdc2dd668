"""What the package network-config-analyzer says of sets of pods and policies: one set of JSON a line in, one answer a line out.

A set is {"objects": [...], "questions": [[from, to, protocol, port], ...]}, with pods as "namespace/name"; an answer is a list of
booleans in the order of the questions.
"""

import contextlib
import json
import sys

from nca.CoreDS.Peer import BasePeerSet
from nca.CoreDS.ProtocolNameResolver import ProtocolNameResolver
from nca.NetworkConfig.NetworkConfig import NetworkConfig
from nca.NetworkConfig.ResourcesHandler import ResourcesParser
from nca.Utils.NcaLogger import NcaLogger


def judged(objects, questions):
    BasePeerSet.reset()
    parser = ResourcesParser()
    for each in objects:
        parser.ns_finder.parse_yaml_code_for_ns(each)
    parser.pods_finder.namespaces_finder = parser.ns_finder
    # It keeps no more than two pods that are alike, which is for speed; every pod is asked about here.
    for each in objects:
        parser.pods_finder.representative_peers = {}
        parser.pods_finder.add_eps_from_yaml(each)
    parser.policies_finder.set_peer_container(parser.build_peer_container("set"))
    for each in objects:
        parser.policies_finder.parse_yaml_code_for_policy(each, "set")
    parser.policies_finder.parse_policies_in_parse_queue()
    peers = parser.policies_finder.peer_container
    config = NetworkConfig("set", peers, parser.policies_finder)
    allowed = config.allowed_connections().all_allowed_conns
    pods = {f"{peer.namespace.name}/{peer.name}": peer for peer in peers.peer_set}
    index = {name: BasePeerSet().min_pod_index + BasePeerSet().peer_to_index[peer] for name, peer in pods.items()}
    dimensions = allowed.active_dimensions

    def allows(source, target, protocol, port):
        wanted = {
            "src_peers": index[source],
            "dst_peers": index[target],
            "protocols": ProtocolNameResolver.get_protocol_number(protocol),
            "dst_ports": port,
        }
        return any(
            all(wanted[name] in values for name, values in zip(dimensions, cube) if name in wanted) for cube in allowed
        )

    return [allows(*question) for question in questions]


NcaLogger().mute()
for line in sys.stdin:
    # Its warnings are about what random policies do not pick.
    with contextlib.redirect_stdout(sys.stderr):
        answer = judged(**json.loads(line))
    print(json.dumps(answer), flush=True)

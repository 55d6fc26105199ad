// The sign that `linkerd-control-plane` fits: a part of it has no ready pod.
import { cite, detector, listed, valueOf } from '../../../src/authoring.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { linkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import { downParts } from '../../../src/model/linkerd/control-plane.ts';
import { linkerdRole } from '../../../src/model/linkerd/mesh-pod.ts';

export const detect = detector({
  asks: "Is Linkerd's control plane able to serve?",
  rulesOut: "a part of Linkerd's control plane that is down",
  uses: [pod, linkerdControlPlane],
  gather: async (look, { pod: ref, linkerd }) => {
    const about = valueOf(await look(pod, { pod: ref }));
    const isMeshed = about !== undefined && linkerdRole(about).is !== 'none';
    return isMeshed ? look(linkerdControlPlane, { named: linkerd }) : undefined;
  },
  judge: (plane) => {
    if (plane?.kind !== 'known') return undefined;
    const down = downParts(plane.value).map(({ deployment }) => deployment);
    const says = `${listed(down)} of Linkerd's control plane has no ready pod.`;
    return down.length === 0 ? undefined : { says, from: cite(plane) };
  },
});

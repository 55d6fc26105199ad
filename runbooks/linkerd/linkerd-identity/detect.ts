// The cheap signs that `linkerd-identity` fits: the certificate that the pod's proxy presents, and its own complaint.
import { cite, detector, valueOf } from '../../../src/authoring.ts';
import { presentedIn, type LeafState } from './leaf.ts';
import { identityOf, proxyOf } from '../../../src/facts/linkerd/identity/meshed-pods.ts';
import { proxyCertificate } from '../../../src/facts/linkerd/identity/proxy-certificate.ts';
import { identityTrouble } from '../../../src/facts/linkerd/identity/proxy-log.ts';
import { adminPortOf } from '../../../src/model/linkerd/mesh-pod.ts';
import { pod } from '../../../src/facts/kube/pod.ts';

export const detect = detector({
  asks: 'Does its proxy have a valid certificate?',
  rulesOut: 'a proxy without a valid certificate',
  uses: [pod, proxyCertificate, identityTrouble],
  gather: async (look, { pod: ref }) => {
    const about = await look(pod, { pod: ref });
    const value = valueOf(about);
    const proxy = value && proxyOf(value);
    const identity = value && identityOf(value);
    if (!value || proxy?.state.is !== 'running' || identity === undefined) return { about };
    // A proxy that is ready has had a certificate; one that is not may say why.
    const [certificate, trouble] = await Promise.all([
      look(proxyCertificate, { pod: ref, port: adminPortOf(value), identity }),
      proxy.ready ? undefined : look(identityTrouble, { pod: ref }),
    ]);
    return { about, certificate, trouble };
  },
  judge: ({ about, certificate, trouble }) => {
    const says = words[presentedIn(certificate)?.state ?? 'fine'];
    if (certificate?.kind === 'known' && says !== undefined)
      return { says, from: cite(certificate, about) };
    if (trouble?.kind !== 'known') return undefined;
    const { failure, waiting } = trouble.value;
    if (!failure && waiting === undefined) return undefined;
    return { says: 'Its proxy gets no certificate.', from: cite(trouble, certificate, about) };
  },
});

const words: Readonly<Record<LeafState, string | undefined>> = {
  fine: undefined,
  expired: "Its proxy's certificate has expired.",
  early: "Its proxy's certificate is not valid yet.",
  overdue: "Its proxy's certificate should have been renewed.",
};

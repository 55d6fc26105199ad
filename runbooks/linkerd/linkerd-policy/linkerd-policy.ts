// A request that a Linkerd proxy answers with 403 or 404, or a connection that it closes: which Server, route and
// authorization decide, and what would let exactly this caller in. What it can say is in linkerd-policy.findings.ts,
// how it concludes in linkerd-policy.judge*.ts.
import { defineRunbook, input, skip, valueOf } from '../../../src/authoring.ts';
import { servicesOf } from '../../../src/facts/kube/services.ts';
import { podAt } from '../../../src/facts/kube/pod-at.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { linkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import { adminPortOf, controlPlaneOf, linkerdRole } from '../../../src/model/linkerd/mesh-pod.ts';
import { authzCounters } from '../../../src/facts/linkerd/policy/counters.ts';
import { linkerdDenials } from '../../../src/facts/linkerd/policy/denial-log.ts';
import { linkerdPolicies } from '../../../src/facts/linkerd/policy/objects.ts';
import { policyPod } from '../../../src/facts/linkerd/policy/pod.ts';
import { deniedIps } from '../../../src/model/linkerd/policy/visits.ts';
import { detect } from './detect.ts';
import { findings } from './says.ts';
import * as judge from './judge.ts';

export default defineRunbook({
  id: 'linkerd-policy',
  aliases: ['linkerd-403', 'linkerd-denied'],
  mesh: 'linkerd',
  title: 'Linkerd denies a request',
  symptom:
    'A caller gets 403 (or 404, or 429) from a meshed workload, or its TCP connection is closed as soon as it is made.',
  words: [
    'forbidden',
    'unauthorized',
    'access denied',
    'authorization policy',
    'rate limited',
    'default deny',
  ],
  input: {
    src: input.caller('who calls; without it, who is being denied now is found'),
    dst: input.destination('what is called, with the port of its Service or its own'),
    path: input.option('the path of the request', {
      pattern: /^\//,
      says: 'a path begins with a slash',
    }),
    method: input.option('its method', { pattern: /^[A-Za-z]+$/, says: 'a method is a word' }),
    header: input.options('a header it carries, as name=value', {
      pattern: /^[^=:\s]+\s*[=:]/,
      says: 'type a header as name=value',
    }),
  },
  findings,
  detect,
})
  .step('destination', {
    asks: 'Is there a proxy in front of the destination?',
    why: "Only the destination's own proxy enforces policies.",
    rulesOut: 'a destination without a proxy',
    uses: [pod, policyPod, servicesOf],
    gather: async (look, { dst }) => {
      const [about, workload, services] = await Promise.all([
        look(pod, { pod: dst.pod }),
        look(policyPod, { pod: dst.pod }),
        look(servicesOf, { namespace: dst.pod.namespace }),
      ]);
      return { about, workload, services };
    },
    judge: judge.destination,
  })
  .step('caller', {
    asks: 'Who is the caller to the proxy it calls?',
    why: 'An identity is shown by a caller with a proxy; any other is an address.',
    uses: [pod],
    gather: (look, { src }) => (src ? look(pod, { pod: src }) : Promise.resolve(undefined)),
    judge: (_got, _say, { src }) => (src ? undefined : skip('no caller was named')),
  })
  .step('policies', {
    asks: 'Which Servers, policies and routes are there?',
    why: 'They count in the namespace of the destination alone, and none of them tells whether it has effect.',
    uses: [linkerdPolicies],
    gather: (look, { src, dst }) =>
      look(linkerdPolicies, {
        namespace: dst.pod.namespace,
        beside: src ? [src.namespace] : [],
      }),
    judge: () => undefined,
  })
  .step('mesh', {
    asks: 'Which default policy, networks and trust domain does the mesh have?',
    why: 'The default policy decides where no Server selects a port.',
    uses: [linkerdControlPlane],
    after: ['destination'],
    gather: (look, { linkerd }, { destination: { about } }) => {
      const own = valueOf(about);
      return look(linkerdControlPlane, { named: linkerd ?? (own && controlPlaneOf(own)) });
    },
    judge: () => undefined,
  })
  .step('denials', {
    asks: 'What has the proxy logged as denied, and of whom?',
    why: 'The line names the Server, the route, and the identity and address of the caller.',
    uses: [linkerdDenials, podAt, pod],
    gather: async (look, { src, dst }) => {
      const log = await look(linkerdDenials, { pod: dst.pod });
      const ips = src ? [] : deniedIps(valueOf(log));
      const callers = await Promise.all(
        ips.map(async (ip) => {
          const about = await look(podAt, { ip });
          // The runbook that goes on with a caller without a proxy reads it by its name, and ends without a word
          // where that is not possible.
          if (about.kind === 'known' && linkerdRole(about.value).is === 'none') {
            await look(pod, { pod: about.value.ref });
          }
          return { ip, about };
        }),
      );
      return { log, callers };
    },
    judge: () => undefined,
  })
  .step('now', {
    asks: 'What does the proxy deny at this moment?',
    why: 'Its counters grow with every denial, and tell it from an answer of the application.',
    uses: [authzCounters],
    after: ['destination'],
    gather: (look, { dst }, { destination: { about } }) => {
      const own = valueOf(about);
      return look(authzCounters, { pod: dst.pod, port: own ? adminPortOf(own) : 4191 });
    },
    judge: () => undefined,
  })
  .step('decision', {
    asks: 'Which policy decides?',
    why: 'By the rules of the policy controller and the proxy: a route first, then any one authorization.',
    rulesOut: 'a denial by policy',
    uses: [],
    gather: () => Promise.resolve(undefined),
    judge: judge.decision,
  });

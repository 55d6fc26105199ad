// A request that a Linkerd proxy answers with 403 or 404, or a connection that it closes: which Server, route and
// authorization decide, and what would allow exactly this caller.
import { input, runbookOf } from '../../../src/authoring.ts';
import { caller, denials, destination, egress, mesh, now, policies } from './checks.ts';
import { inputs } from '../../shared/request.ts';
import { decision } from './judge.ts';
import { leaving } from './judge/egress.ts';
import { findings } from './says.ts';

export default runbookOf(
  {
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
      ...inputs,
      dst: input.destination(
        'what is called, with the port of its Service or its own; or a host outside the cluster, as httpbin.org:443',
        'hosts too',
      ),
    },
    findings,
    answersOnly: ['no-proxy'],
  },
  [destination, caller, policies, mesh, denials, now, egress, decision, leaving],
);

// Linkerd's control plane: which of its parts do not serve, why, and what follows from that.
import { input, runbookOf } from '../../../src/authoring.ts';
import { plane } from './checks.ts';
import { findings } from './says.ts';

export default runbookOf(
  {
    id: 'linkerd-control-plane',
    aliases: ['linkerd-cp', 'linkerd-destination'],
    mesh: 'linkerd',
    title: "Linkerd's control plane is down",
    symptom: 'Nothing new reaches the proxies, or a pod of Linkerd itself does not become ready.',
    words: ['destination', 'policy controller', 'proxy-injector', 'identity', 'no endpoints'],
    input: {
      target: input.anywhere('the namespace of the control plane; without it, it is found'),
    },
    findings,
  },
  [plane],
);

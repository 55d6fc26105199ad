import { readFile } from 'node:fs/promises';
import {
  isGone,
  restartProxyClean,
  restartProxyWith,
  targetOf,
  untilLogged,
  untilStates,
} from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { inState } from '../paths.ts';
import { makeCa } from '../pki.ts';

export default {
  name: 'auth-root',
  does: "web's proxy restarts with the root certificate of another mesh: x509 unknown authority.",
  async break(lab) {
    const pod = await lab.pod('web');
    const foreign = inState('pki', 'foreign.crt');
    await makeCa('/O=cluster.local', foreign, inState('pki', 'foreign.key'));
    const since = new Date();
    await restartProxyWith(pod, 'root-cert.pem', await readFile(foreign, 'utf8'));
    await untilStates(pod, 'not connected', isGone);
    await untilLogged(pod, 'istio-proxy', /certificate signed by unknown authority/, since);
    return { target: targetOf(pod) };
  },
  async mend(lab) {
    await restartProxyClean(await lab.pod('web'));
  },
} satisfies Fault;

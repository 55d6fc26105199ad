import { kubectl } from '../cluster.ts';
import { pod } from '../inject-kit.ts';
import { ENABLED, put, putSpaces, space } from '../linkerd-inject-kit.ts';
import { linkerdFault } from '../linkerd-kit.ts';

/** The tap injector adds to the variables of a proxy. */
const env = [{ name: 'LINKERD2_PROXY_LOG', value: 'warn' }];
const proxy = { name: 'linkerd-proxy', image: 'lab/app:1', env };
const always = { restartPolicy: 'Always' };
const waiting = (reason: string) => ({ waiting: { reason } });
const ended = (exitCode: number) => ({ terminated: { exitCode, reason: 'Error' } });

type Status = { readonly name: string; readonly state: object; readonly lastState?: object };

/** Pods that were injected, by hand: nobody schedules them, so their status is what is written here. */
const cases: readonly (readonly [string, readonly object[], readonly Status[]])[] = [
  [
    'init',
    [
      { name: 'linkerd-init', image: 'lab/app:1' },
      { ...proxy, ...always },
    ],
    [{ name: 'linkerd-init', state: waiting('CrashLoopBackOff'), lastState: ended(1) }],
  ],
  [
    'validator',
    [
      { name: 'linkerd-network-validator', image: 'lab/app:1' },
      { ...proxy, ...always },
    ],
    [
      {
        name: 'linkerd-network-validator',
        state: waiting('CrashLoopBackOff'),
        lastState: ended(95),
      },
    ],
  ],
  ['stuck', [proxy], [{ name: 'linkerd-proxy', state: { running: {} } }]],
];

const annotations = { ...ENABLED, 'linkerd.io/created-by': 'linkerd/proxy-injector edge-26.8.3' };

export default linkerdFault(
  'linkerd-inject-start',
  'Pods with a proxy that never starts, one for each way.',
  async () => {
    await putSpaces(space('lj-start', { annotations: ENABLED }));
    const pods = cases.map(([name, initContainers]) =>
      pod('lj-start', name, { annotations, spec: { initContainers, schedulerName: 'nobody' } }),
    );
    await put(...pods);
    for (const [name, , statuses] of cases) {
      const initContainerStatuses = statuses.map((each) => ({
        ...each,
        image: 'lab/app:1',
        imageID: '',
        ready: false,
        restartCount: 0,
      }));
      const patch = JSON.stringify({ status: { initContainerStatuses } });
      const target = ['pod', name, '-n', 'lj-start', '--subresource=status', '--type=merge'];
      await kubectl('patch', ...target, '-p', patch);
    }
    return { target: 'lj-start/init' };
  },
);

// What needs the lab: a diagnosis beside the commands that a person would type for the same question.
import { join } from 'node:path';
import { lab, type Lab } from '../lab/lab.ts';
import { root } from '../smoke/installed.ts';
import type { Figure } from './figure.ts';
import { interleaved, median, peakOf, quiet } from './measure.ts';

/** Marked as the fault `scale` marks its own, so that undoing that removes these too. */
const fewPods = 50;
const few = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'scale-few', labels: { 'lab.meshdoc.dev/scale': 'true' } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'idle', namespace: 'scale-few' },
      spec: {
        replicas: fewPods,
        selector: { matchLabels: { app: 'idle' } },
        template: {
          metadata: { labels: { app: 'idle' } },
          spec: { containers: [{ name: 'app', image: 'lab/app:1' }] },
        },
      },
    },
  ],
});

export async function onTheLab(start: string): Promise<readonly Figure[]> {
  const mesh = await lab();
  await mesh.mend();
  return [
    ...(await besideByHand(mesh, start)),
    ...(await besideItsEvidence(mesh, start, 'rbac', 'deploy/web.shop', 'deploy/cart.shop:8080')),
    ...(await besideItsEvidence(mesh, start, 'injection', 'deploy/web.shop')),
    ...(await besideItsEvidence(mesh, start, 'oom', 'deploy/web.shop')),
    ...(await farAway(mesh, start, 'stale', 'deploy/web.shop')),
    ...(await farAway(mesh, start, 'rbac', 'deploy/web.shop', 'deploy/cart.shop:8080')),
    ...(await farAway(mesh, start, 'injection', 'deploy/web.shop')),
    ...(await farAway(mesh, start, 'oom', 'deploy/web.shop')),
    ...(await ofLinkerd(mesh, start)),
    ...(await frozenEnvoy(mesh, start)),
    ...(await manyPods(mesh, start)),
  ];
}

/** A figure taken on a busy machine is said to be one. */
async function settle(): Promise<void> {
  if (!(await quiet())) process.stderr.write('bench: the machine does not get quiet\n');
}

const diagnose = (start: string, target: string): string[] => [
  process.execPath,
  start,
  'diagnose',
  'stale',
  target,
  '-q',
];

/** Milliseconds of one run, which must end as it should: a failure is fast and proves nothing. */
async function ended(mesh: Lab, argv: string[], code: number): Promise<number> {
  const done = await mesh.run(argv, { timeoutMs: 120_000 });
  if (done.code === code) return done.ms;
  throw new Error(`${argv.join(' ')}: exit ${done.code}, not ${code}\n${done.stderr}`);
}

async function besideByHand(mesh: Lab, start: string): Promise<readonly Figure[]> {
  const { name, namespace } = await mesh.pod('web');
  const here = [name, '-n', namespace];
  const byHand: Record<string, string[]> = {
    analyze: ['istioctl', 'analyze', '-n', namespace],
    'proxy-status': ['istioctl', 'proxy-status', '-v', '1'],
    logs: ['sh', '-c', `kubectl logs -n istio-system deploy/istiod | grep -c ${name}`],
    describe: ['istioctl', 'x', 'describe', 'pod', ...here],
    clusters: ['istioctl', 'proxy-config', 'clusters', ...here],
    listeners: ['istioctl', 'proxy-config', 'listeners', ...here],
    routes: ['istioctl', 'proxy-config', 'routes', ...here],
    endpoints: ['istioctl', 'proxy-config', 'endpoints', ...here],
    pods: ['kubectl', 'get', 'pods', '-n', 'istio-system'],
  };
  const runs = Object.fromEntries(
    Object.entries(byHand).map(([key, argv]) => [key, () => ended(mesh, argv, 0)]),
  );
  await settle();
  const times = await interleaved(11, {
    ...runs,
    meshdoc: () => ended(mesh, diagnose(start, `${namespace}/${name}`), 0),
  });
  const medians = Object.keys(byHand).map((key) => median(times[key] ?? []) / 1000);
  const sum = medians.reduce((a, b) => a + b, 0);
  const slowest = Math.max(...medians);
  const own = median(times['meshdoc'] ?? []) / 1000;
  return [
    {
      what: `the same ${medians.length} questions by hand, one after another`,
      value: sum,
      unit: 's',
    },
    { what: 'the slowest of them', value: slowest, unit: 's' },
    { what: '`diagnose stale`, healthy proxy', value: own, unit: 's', limit: slowest + 0.3 },
    { what: 'the same, to the sum by hand', value: own / sum, unit: 'x', limit: 0.6 },
  ];
}

async function ofLinkerd(mesh: Lab, start: string): Promise<readonly Figure[]> {
  await mesh.breakIt('linkerd-healthy');
  try {
    const web = 'deploy/web.emojivoto';
    return [
      ...(await besideItsEvidence(mesh, start, 'linkerd-metrics', web)),
      ...(await besideItsEvidence(mesh, start, 'linkerd-injection', web)),
      ...(await besideItsEvidence(mesh, start, 'linkerd-identity')),
      ...(await besideItsEvidence(mesh, start, 'linkerd-policy', 'deploy/vote-bot.emojivoto', web)),
      ...(await farAway(mesh, start, 'linkerd-metrics', web)),
      ...(await farAway(mesh, start, 'linkerd-injection', web)),
      ...(await farAway(mesh, start, 'linkerd-identity')),
      ...(await farAway(mesh, start, 'linkerd-policy', 'deploy/vote-bot.emojivoto', web)),
    ];
  } finally {
    await mesh.mend();
  }
}

/** The commands that a report prints beside its evidence are what a person would type for the same answers. */
async function besideItsEvidence(
  mesh: Lab,
  start: string,
  ...words: readonly string[]
): Promise<readonly Figure[]> {
  const argv = [process.execPath, start, 'diagnose', ...words, '-q'];
  const { stdout } = await mesh.run([...argv, '-o', 'json'], { timeoutMs: 120_000 });
  const { diagnoses } = JSON.parse(stdout) as {
    diagnoses: { evidence: { byHand: { shell: string } }[] }[];
  };
  const shells = diagnoses.flatMap((d) => d.evidence.map((e) => withoutPause(e.byHand.shell)));
  // A program that is not here fails at once: that is no time by hand.
  const byHand: string[] = [];
  for (const shell of new Set(shells)) {
    if ((await typed(mesh, shell)).code === 0) byHand.push(shell);
  }
  const runs = byHand.map((shell) => async () => (await typed(mesh, shell)).ms);
  await settle();
  const times = await interleaved(7, {
    ...Object.fromEntries(runs.map((run, i) => [`${i}`, run])),
    meshdoc: () => ended(mesh, argv, 0),
  });
  const medians = byHand.map((_, i) => median(times[`${i}`] ?? []) / 1000);
  const sum = medians.reduce((a, b) => a + b, 0);
  const own = median(times['meshdoc'] ?? []) / 1000;
  const [runbook = ''] = words;
  const slowest = Math.max(...medians);
  return [
    {
      what: `\`diagnose ${runbook}\`, healthy; by hand ${medians.length} commands`,
      value: own,
      unit: 's',
      limit: slowest + (waits[runbook] ?? 0) + 0.3,
    },
    { what: 'the same, to the sum by hand', value: own / sum, unit: 'x' },
  ];
}

const oneWayMs = 50;

/** How often a diagnosis waits for the API server in turn: what a round trip of 100 ms adds to it, in round trips. */
export async function farAway(
  mesh: Lab,
  start: string,
  ...words: readonly string[]
): Promise<readonly Figure[]> {
  const argv = [process.execPath, start, 'diagnose', ...words, '-q'];
  const far = [process.execPath, join(root, 'test/bench/far.mjs')];
  const times = await interleaved(5, {
    near: () => toldBy(mesh, [...far, '0', ...argv]),
    far: () => toldBy(mesh, [...far, String(oneWayMs), ...argv]),
  });
  const [near, away] = [median(times['near'] ?? []), median(times['far'] ?? [])];
  const [runbook = ''] = words;
  const what = `\`diagnose ${runbook}\`, the API server 100 ms away: waits in turn`;
  return [{ what, value: (away - near) / (2 * oneWayMs), unit: 'round trips', limit: 4.5 }];
}

/** Milliseconds, as far.mjs tells them. */
async function toldBy(mesh: Lab, argv: string[]): Promise<number> {
  const { code, stderr } = await mesh.run(argv, { timeoutMs: 120_000 });
  const ms = Number(stderr.trim().split('\n').at(-1));
  if (code === 0 && Number.isFinite(ms)) return ms;
  throw new Error(`${argv.join(' ')}: exit ${code}\n${stderr}`);
}

const typed = (mesh: Lab, shell: string) => mesh.run(['sh', '-c', shell], { timeoutMs: 20_000 });

/** A person pauses until the port-forward stands; what is timed asks again and again until it does. */
function withoutPause(shell: string): string {
  return shell.replace(
    /& sleep 2; (.+); kill \$!$/,
    '& until $1 2>/dev/null; do sleep 0.02; done; kill $!',
  );
}

/** Seconds between two samples of a counter, which by hand a person would wait too. */
const waits: Readonly<Record<string, number>> = { 'linkerd-policy': 2 };

async function frozenEnvoy(mesh: Lab, start: string): Promise<readonly Figure[]> {
  const { target } = await mesh.breakIt('frozen');
  try {
    const { run } = await interleaved(3, { run: () => ended(mesh, diagnose(start, target), 3) });
    const value = median(run ?? []) / 1000;
    return [{ what: '`diagnose stale`, frozen Envoy', value, unit: 's', limit: 8 }];
  } finally {
    await mesh.mend('frozen');
  }
}

/** The size of a cluster cannot alternate; the small one is measured before and after the large one. */
async function manyPods(mesh: Lab, start: string): Promise<readonly Figure[]> {
  const { name, namespace } = await mesh.pod('web');
  const argv = diagnose(start, `${namespace}/${name}`);
  const times = async () => {
    await settle();
    return (await interleaved(7, { run: () => ended(mesh, argv, 0) }))['run'] ?? [];
  };
  const withFew = async () => {
    await mesh.apply(few);
    await mesh.kubectl('rollout', 'status', '-n', 'scale-few', 'deploy/idle', '--timeout=120s');
    return times();
  };
  try {
    const before = await withFew();
    const { pods } = await mesh.breakIt('scale');
    const many = await times();
    const peak = await peakOf((node, env) =>
      mesh.run([...node, ...argv.slice(1)], { env: { ...env } }),
    );
    const bare = await peakOf((node, env) => mesh.run([...node, '-e', '0'], { env: { ...env } }));
    await mesh.mend('scale');
    const after = await withFew();
    const small = median([...before, ...after]) / 1000;
    const large = median(many) / 1000;
    const size = Number(pods).toLocaleString('en-US');
    return [
      { what: `\`diagnose stale\`, ${fewPods} idle pods`, value: small, unit: 's' },
      { what: `\`diagnose stale\`, ${size} idle pods`, value: large, unit: 's' },
      { what: 'the latter / the former', value: large / small, unit: 'x', limit: 1.3 },
      {
        what: `memory at ${size} pods, above bare Node`,
        value: peak - bare,
        unit: 'MB',
        limit: 150,
      },
    ];
  } finally {
    await mesh.mend('scale');
  }
}

// `npm run new-runbook istio/gateway-404`: a runbook that compiles and passes with one question and one
// sentence, and its healthy scenario. Everything in both is there to be replaced.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

const runbookSource = (
  id: string,
): string => `// TODO: what this is about, in a line or two, and the upstream source of its rules.
import { cause, defineRunbook, input, inspect, kubectl } from '../../../src/authoring.ts';
import { pod } from '../../../src/facts/kube/pod.ts';

export default defineRunbook({
  id: '${id}',
  title: 'TODO: the fault in a few words',
  symptom: 'TODO: what brings a person here, in their words.',
  input: { pod: input.pod('the pod that shows it') },
  findings: {
    'not-running': cause('{pod} does not run: its phase is {phase}.', {
      means: 'TODO: what follows from it, for whom.',
      with: ['namespace', 'name'],
      fixes: (a) => [inspect('See why', kubectl('describe', 'pod', a.name, '-n', a.namespace))],
    }),
  },
}).step('pod', {
  asks: 'Does the pod run?',
  why: 'Without it, every later answer would be about nothing.',
  rulesOut: 'a pod that does not run',
  uses: [pod],
  gather: (look, { pod: ref }) => look(pod, { pod: ref }),
  judge: (got, say, { pod: ref }) => {
    if (got.kind !== 'known' || got.value.phase === 'Running') return;
    const { namespace, name } = ref;
    say('not-running', { pod: ref, namespace, name, phase: got.value.phase }, got);
  },
});
`;

const scenario = (id: string): string => `meshdoc: 1
runbook: ${id}
input:
  target: shop/web-0
now: 2026-01-01T00:00:00.000Z
context: example
namespace: shop
server: v1.36.3
complete: true
expect:
  exit: 0
  first: null
`;

const cluster = `apiVersion: v1
kind: Pod
metadata:
  name: web-0
  namespace: shop
  creationTimestamp: 2026-01-01T00:00:00Z
spec:
  containers:
    - name: app
      image: example/app:1
status:
  phase: Running
  containerStatuses:
    - name: app
      ready: true
      restartCount: 0
      state:
        running:
          startedAt: 2026-01-01T00:00:00Z
`;

/** What is wrong with the name, or nothing. */
function refuse(name: string): string | undefined {
  const [mesh, id, ...more] = name.split('/');
  const plain = /^[a-z][a-z0-9-]*$/;
  if (!mesh || !id || more.length > 0 || !plain.test(mesh) || !plain.test(id)) {
    return 'give a mesh and a name in small letters: npm run new-runbook <mesh>/<name>';
  }
  const taken = [`runbooks/${name}`, `test/scenarios/${id}`].find((p) => existsSync(join(root, p)));
  return taken && `${taken} exists already`;
}

async function main(name = ''): Promise<void> {
  const refused = refuse(name);
  if (refused !== undefined) {
    process.stderr.write(`${refused}\n`);
    process.exitCode = 2;
    return;
  }
  const id = name.slice(name.indexOf('/') + 1);
  const files = {
    [`runbooks/${name}/${id}.ts`]: runbookSource(id),
    [`test/scenarios/${id}/healthy/scenario.yaml`]: scenario(id),
    [`test/scenarios/${id}/healthy/cluster.yaml`]: cluster,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, { flag: 'wx' });
    process.stdout.write(`wrote ${path}\n`);
  }
  process.stdout.write(
    'Now: npm run docs, write its questions and sentences, npm test -- -u, read every expected.md, npm run docs\n',
  );
}

await main(process.argv[2]);

// A name that does not exist is answered by the nearest one, or by what lists those there are: everywhere.
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  FakeApiServer,
  writeKubeconfig,
  type FakeObject,
} from '../helpers/fake-apiserver/index.ts';
import { cli } from '../helpers/fake-io.ts';

const named = (apiVersion: string, kind: string, name: string, namespace?: string): FakeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
});

let server: FakeApiServer;
let kubeconfig: string;
beforeAll(async () => {
  server = await FakeApiServer.start({
    objects: [
      named('v1', 'Namespace', 'shop'),
      named('v1', 'Namespace', 'empty'),
      named('v1', 'Pod', 'web-1', 'shop'),
      named('v1', 'Service', 'cart', 'shop'),
      named('apps/v1', 'Deployment', 'web', 'shop'),
      named('networking.istio.io/v1', 'VirtualService', 'x', 'shop'),
    ],
    resources: [
      ...['deployments', 'statefulsets', 'daemonsets', 'replicasets'].map((r) => `apps/v1/${r}`),
      ...['jobs', 'cronjobs'].map((r) => `batch/v1/${r}`),
    ],
  });
  const context = { namespace: 'shop' };
  kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca, context });
});
afterAll(() => server.close());

const table: readonly (readonly [string, RegExp])[] = [
  // The words of the program.
  ['diagnos web', /no command "diagnos"; did you mean diagnose\?/],
  ['frobnicate', /no command "frobnicate"; meshdoc --help lists them/],
  ['stale web-1', /stale is a runbook: meshdoc diagnose stale <target>/],
  ['diagnose stale web-1 --contxt fake', /there is no flag --contxt; did you mean --context\?/],
  ['diagnose stale web-1 --metod GET', /no flag --metod; did you mean --method\?/],
  ['diagnose stale web-1 --frobnicate', /no flag --frobnicate; meshdoc diagnose --help lists them/],
  ['list --frobnicate', /no flag --frobnicate; meshdoc list --help lists them/],
  ['diagnose stale web-1 -o jsno', /--output "jsno": did you mean json\? type one of text, /],
  ['diagnose stale web-1 --color blue', /--color "blue": type one of auto, always, never/],
  ['diagnose stale web-1 --timeout soon', /--timeout "soon": type a duration such as 30s or 1m/],
  ['diagnose stale web-1 --context', /--context needs a value: --context <name>/],
  ['compare before', /<after> is missing; type meshdoc compare <before> <after>/],
  ['render a b', /too many words: "a", "b"; type meshdoc render \[case\]/],
  [
    'diagnose --stale web-1',
    /stale is a runbook, not a flag; type meshdoc diagnose stale <target>/,
  ],
  ['web.shop', /web.shop looks like a target: meshdoc diagnose web.shop/],
  ['deploy/web -n shop', /deploy\/web looks like a target: meshdoc diagnose deploy\/web/],
  ['check', /meshdoc diagnose <target> checks a pod, meshdoc doctor checks meshdoc itself/],
  ['status web', /meshdoc diagnose <target> shows the state of a pod/],
  ['analyze', /meshdoc diagnose <target> analyzes/],
  ['scan', /meshdoc diagnose ns\/<name> looks through a namespace/],
  ['get pods', /meshdoc list shows the runbooks/],
  ['help diagnos', /no command "diagnos"; did you mean diagnose\?/],
  ['diagnose stale deployment web', /name it in one word: deployment\/web/],
  ['diagnose web-1 stale', /the runbook comes first: meshdoc diagnose stale web-1/],
  ['completion bsh', /"bsh" is no shell: did you mean bash\? type one of bash, /],
  ['list -o xml', /--output "xml": type one of text, json/],
  ['list isto', /no runbook "isto".*the meshes are /],
  // Runbooks, findings, incidents.
  ['diagnose stael web-1', /did you mean stale\?/],
  ['diagnose frobnicate web-1', /no pod or workload "frobnicate"/],
  ['diagnose stale web-1 --path /x', /stale takes no --path; meshdoc explain stale/],
  ['explain stael', /did you mean stale\?/],
  ['explain frobnicate', /meshdoc list shows what there is/],
  ['explain stale/frozn', /did you mean stale\/frozen\?/],
  ['explain stale/xyzzy-plugh', /meshdoc list stale lists them/],
  ['demo frozn', /did you mean frozen\?/],
  ['demo xyzzy-plugh', /meshdoc demo lists them/],
  // The kubeconfig and the cluster.
  ['diagnose stale web-1 --context fkae', /no context named fkae.*did you mean fake\?/],
  ['diagnose stale web-1 --context production', /no context named production.*there is fake/],
  ['diagnose stale wbe-1', /did you mean shop\/web-1\?/],
  ['diagnose stale xyzzy', /kubectl get pods -n shop lists what is there/],
  ['diagnose stale web-1 -n shpo', /web-1 is in shop: web-1\.shop/],
  ['diagnose stale web-9 -n shpo', /there is no namespace shpo; did you mean shop\?/],
  ['diagnose stale web-1.shpo', /web-1 is in shop: web-1\.shop/],
  ['diagnose web-1 -n default', /web-1 is in shop: web-1\.shop/],
  ['diagnose stale web-9 -n xyzzy', /no namespace xyzzy; kubectl get namespaces lists them/],
  ['diagnose stale web-9 -n empty', /namespace empty has no pods; name another with -n/],
  ['diagnose ns/shpo', /there is no namespace shpo; did you mean shop\?/],
  ['diagnose ns/empty', /namespace empty has no pods/],
  ['diagnose stale -l app=wep', /no pod in namespace shop has the labels app=wep/],
  ['diagnose stale -l app', /--selector "app": type labels such as app=web,tier=front/],
  ['diagnose stale web-1 -A', /-A looks at the whole mesh, without a target: leave out web-1/],
  ['diagnose stale -A', /name a target: meshdoc diagnose stale <pod>/],
  ['diagnose injection -l app=web', /labels \(app=web\) choose pods/],
  ['diagnose rbac web-1 ns/shop', /"ns\/shop" is a namespace; name what is called in it/],
  ['diagnose stale deploy/wbe', /no Deployment "wbe".*did you mean web\?/],
  ['diagnose stale deploy/web -n shpo', /web is in shop: deployment\/web\.shop/],
  ['diagnose stale deploy/wbe -n shpo', /there is no namespace shpo; did you mean shop\?/],
  ['diagnose injection ns/shpo', /no namespace "shpo"; did you mean shop\?/],
  ['diagnose injection deploy/wbe', /no Deployment "wbe".*did you mean web\?/],
  ['diagnose injection wbe-1', /did you mean shop\/web-1\?/],
  ['diagnose injection xyzzy -n shpo', /there is no namespace shpo; did you mean shop\?/],
  ['diagnose rbac web-1 svc/crat', /no Service "crat".*did you mean cart\?/],
];

test.each(table)('meshdoc %s', async (line, says) => {
  const { code, out, err } = await cli(line.split(' '), { env: { KUBECONFIG: kubeconfig } });
  const [last = ''] = err.trimEnd().split('\n').slice(-1);
  expect(last).toMatch(/^meshdoc: /);
  expect(last).toMatch(says);
  expect([code, out]).toEqual([2, '']);
});

/** What commander says by itself. */
const raw =
  /^meshdoc: error|argument '|invalid for|is invalid\.|Allowed choices|Expected \d|unknown option/;

test('no sentence of the parser is printed: each flag and word of each command, wrong in each way', async () => {
  const { out } = await cli(['--help']);
  const commands = [
    ...(/Commands:\n([\s\S]*?)\n\n/.exec(out)?.[1] ?? '').matchAll(/^ {2}([a-z]+)/gm),
  ];
  expect(commands.length).toBeGreaterThan(9);
  for (const [, command = ''] of commands) {
    const { out: page } = await cli([command, '--help']);
    const flags = [...page.matchAll(/(--[a-z-]+) </g)].map(([, flag = '']) => flag);
    const lines = [
      ...flags.map((flag) => [command, flag]),
      ...flags.map((flag) => [command, 'x', flag, '\u0007']),
      [command, '--no-such-flag'],
      [command, ...Array.from({ length: 9 }, () => 'x')],
    ];
    for (const line of lines) {
      const { code, err } = await cli(line, { env: { KUBECONFIG: '/nowhere' } });
      expect(code, line.join(' ')).not.toBe(1);
      expect(err, line.join(' ')).not.toMatch(raw);
      expect(err.trimEnd().split('\n'), line.join(' ')).toHaveLength(1);
    }
  }
});

// What may begin with a dash in a printed command, and what a shell makes of the line.
import { expect, test } from 'vitest';
import { typeYourself, words, wordsOf } from '../../src/core/argv.ts';
import { contextVariable, during, kubectl, meshdoc, piped, shell } from '../../src/core/command.ts';
import { restartNamed } from '../../src/core/renew.ts';
import { changeArgs, rolloutTargets } from '../../src/model/kube/workload-fixes.ts';
import { meantBy, ranBy } from '../helpers/typed.ts';
import { istioctl } from '../../src/meshes/istio/commands.ts';

const all = '--all';

test.each([
  [kubectl`delete pod ${all} -n shop`],
  [kubectl`delete envoyfilters.networking.istio.io ${'-f=http://x'} -n shop`],
  [kubectl`get pod web -n ${'-A'} --tail=1`],
  [kubectl`get pod ${'-A'} -n shop`],
  [kubectl`logs ${'--kubeconfig=/x'} -n shop`],
  [kubectl`rollout restart ${all}/web -n shop`],
  [kubectl`delete ${['web', all]} -n shop`],
  [kubectl`exec web -n shop -c ${'--'} -- ${all}`],
  [istioctl`proxy-config cluster ${'--context=prod'} -n shop`],
  [meshdoc`diagnose stale ${words`web ${'--kubeconfig=/x'}`}`],
  [piped(kubectl`get pods -A`, words`grep -E ${'-f/etc/passwd'}`)],
  [during(kubectl`port-forward web 80:80`, words`openssl s_client -connect ${'-out=x'}`)],
  [piped(kubectl`get pods`, words`${all}`)],
])('%j leaves out the name', (command) => {
  const line = shell(command);
  expect(line).toContain(typeYourself);
  expect(line).not.toMatch(/--all|=http|\/x|--context|passwd|-out/);
});

test('what is written is ours, and a value is one word or a part of one', () => {
  const [name, blank] = ['a-b', 'x -n y'];
  const made = words`get  pod ${name} -n ${blank}
    -o yaml --tail=-1 ${80}:${80} -f - ${''} ${[]} ${['c', words`-l ${'d=e'}`]} f/${blank}g`;
  expect(wordsOf(made)).toEqual([
    ...['get', 'pod', 'a-b', '-n', 'x -n y', '-o', 'yaml', '--tail=-1', '80:80', '-f', '-', ''],
    ...['c', '-l', 'd=e', 'f/x -n yg'],
  ]);
});

test('a workload named by an owner that nothing checks', () => {
  const { run } = restartNamed('Deployment', 'web --all', 'shop', meshdoc`list`);
  expect(ranBy([run])).toEqual(meantBy([run]));
  const maker = { kind: 'Deployment', name: 'web -A', namespace: 'shop' };
  expect(rolloutTargets([{ maker, rolls: 'by-itself' }])).toEqual(['deployment/web -A']);
  expect(changeArgs({ a: 'enabled --all', b: null })).toEqual(['a=enabled --all', 'b-']);
});

const odd = [
  ...['a;rm -rf ~', '$(id)', '`id`', "a'b", 'a"b', 'a\\', '$CTX', '"${CTX:?}"', '=ls', '~', '*'],
  ...['a\nb', 'a\tb', '#', '!', '{a,b}', '&&', '', 'ä', '%s', '\\n'],
];

test.each(odd.map((word) => [word]))('a shell reads %j as one word', (word) => {
  const reach = { context: word, kubeconfig: word, as: word };
  const command = kubectl`get pod ${word} -n ${word}`;
  expect(ranBy([command])).toEqual(meantBy([command]));
  if (word === contextVariable || word === '') return;
  const [ran = ''] = ranBy([kubectl`get pod web`], reach);
  const flags = ['--kubeconfig', word, '--context', word, '--as', word];
  expect(ran.split('\u001f')).toEqual(['kubectl', ...flags, 'get', 'pod', 'web']);
});

test('a context that begins with a dash is the value of its flag', () => {
  expect(shell(kubectl`get pod`, { context: '--all' })).toBe('kubectl --context=--all get pod');
});

test.each(['EOF', 'a\nEOF\nid', 'EOF\nEOF1\r\nEOF2', '$(id) `id` \\ $CTX'])(
  'what is given ends where it ends: %j',
  (text) => {
    const command = { ...kubectl`apply -f -`, stdin: `${text}\n` };
    const both = [command, kubectl`get pods`];
    expect(ranBy(both)).toEqual(meantBy(both));
  },
);

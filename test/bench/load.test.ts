// The table of load counts questions; a server counts requests. The same run, asked both ways, comes to the same.
import { expect, onTestFinished, test } from 'vitest';
import type { Question } from '../../src/core/question.ts';
import type { Resource } from '../../src/core/refs.ts';
import { cli } from '../helpers/fake-io.ts';
import {
  FakeApiServer,
  writeKubeconfig,
  type FakeObject,
} from '../helpers/fake-apiserver/index.ts';
import { run, scenarios } from '../helpers/scenarios.ts';
import { loadOf } from './load.ts';

test.each(['injection/healthy', 'oom/healthy'])('%s', async (name) => {
  const one = (await scenarios()).find((scenario) => scenario.name === name);
  if (!one) throw new Error(`there is no case ${name}`);
  const { questions } = await run(name, one.saved);
  const server = await FakeApiServer.start({
    objects: one.saved.objects as unknown as readonly FakeObject[],
    resources: questions.flatMap(kindsIn).map(served),
  });
  onTestFinished(() => server.close());
  const kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca });
  const target = one.saved.file.input['target'] ?? '';
  await cli(['diagnose', one.runbook, target, '--kubeconfig', kubeconfig]);
  const { requests, connections } = await loadOf(one);
  expect(server.requests.length).toBe(requests);
  expect(server.requests.filter(({ upgrade }) => upgrade).length).toBe(connections);
});

function kindsIn(question: Question): readonly Resource[] {
  if (question.ask === 'list') return [question.resource];
  return question.ask === 'get' ? [question.ref.resource] : [];
}

/** As the fake server has it: `apps/v1/deployments`. */
function served({ group, version, plural }: Resource): string {
  return `${group === '' ? '' : `${group}/`}${version}/${plural}`;
}

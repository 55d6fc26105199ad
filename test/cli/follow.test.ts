// A finding that points into another runbook's field: what cannot be looked at there is said, never dropped.
import { expect, test } from 'vitest';
import { run, scenarios } from '../helpers/scenarios.ts';
import { denied } from '../helpers/twists.ts';

const all = await scenarios();

test('a target that cannot be followed is a gap of the diagnosis that points there', async () => {
  const name = 'linkerd-policy/plaintext-who';
  const saved = all.find((scenario) => scenario.name === name)?.saved;
  if (!saved) throw new Error(`there is no scenario ${name}`);
  const whole = await run(name, saved);
  const pod = whole.diagnoses[1]?.target ?? '';
  expect(whole.diagnoses.map((d) => d.runbook)).toEqual(['linkerd-policy', 'linkerd-injection']);
  const [namespace = '', own = ''] = pod.split('/');
  const after = await run(name, saved, { raw: denied(`get pods/${own} -n ${namespace}`) });
  expect(after.diagnoses.map((d) => d.runbook)).toEqual(['linkerd-policy']);
  expect(after.diagnoses[0]?.gaps).toContainEqual({
    asked: `what linkerd-injection says of ${pod}`,
    why: 'forbidden',
    detail: `cannot look at ${pod}: may not; meshdoc access linkerd-injection --user <you> prints the roles for an administrator to apply`,
  });
});

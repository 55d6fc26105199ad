// The API server's version, the cheapest proof that it answers and knows us.
import { answered, type Reply } from '../core/ports.ts';
import type { ServerAnswer, ServerQuestion } from '../core/question.ts';
import { failure, refusal } from './failure.ts';
import { get, type Wire } from './http.ts';
import { isWebPage, jsonObject } from './json.ts';

/** `v1.33.4`, `v1.29.1-gke.1589020`, `v1.31.2+k3s1` (apimachinery pkg/version, and what distributions append). */
const gitVersionShape = /^v?\d+\.\d+(?:\.\d+)?(?:[-+.][\w.+-]{0,100})?$/;

export async function serverVersion(
  wire: Wire,
  q: ServerQuestion,
  signal: AbortSignal,
): Promise<Reply<ServerAnswer>> {
  const got = await get(wire, '/version', [], signal);
  if (!got.ok) return got;
  if (got.value.status !== 200) return refusal(q, got.value);
  const body = jsonObject(got.value, 'the API');
  const gitVersion = body.ok ? body.value['gitVersion'] : undefined;
  if (typeof gitVersion === 'string' && gitVersionShape.test(gitVersion)) {
    const { date } = got.value;
    return answered({ gitVersion, ...(date === undefined ? {} : { date }) });
  }
  return isWebPage(got.value) && !body.ok
    ? body
    : failure('unreadable', 'the server does not answer as a Kubernetes API');
}

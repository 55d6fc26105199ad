// The API server's version, the cheapest proof that it answers and knows us.
import * as v from 'valibot';
import { answered, type Reply } from '../core/ports.ts';
import type { ServerAnswer, ServerQuestion } from '../core/question.ts';
import { failure, isWebPage, refusal } from './failure.ts';
import { get, type Wire } from './http.ts';

const versionSchema = v.pipe(v.string(), v.parseJson(), v.object({ gitVersion: v.string() }));

export async function serverVersion(
  wire: Wire,
  q: ServerQuestion,
  signal: AbortSignal,
): Promise<Reply<ServerAnswer>> {
  const got = await get(wire, '/version', [], signal);
  if (!got.ok) return got;
  if (got.value.status !== 200) return refusal(q, got.value);
  const parsed = v.safeParse(versionSchema, got.value.body.toString('utf8'));
  const { date } = got.value;
  if (parsed.success)
    return answered({
      gitVersion: parsed.output.gitVersion,
      ...(date === undefined ? {} : { date }),
    });
  return isWebPage(got.value)
    ? failure(
        'unreadable',
        'a web page came instead of the API: a proxy or a login page in between?',
      )
    : failure('unreadable', 'the server does not answer as a Kubernetes API');
}

// How `oom` concludes: whose end it was decides who is asked why.
import { skip, valueOf, type Skip } from '../../../src/authoring.ts';
import { deaths, eviction } from './deaths.ts';
import { sayDeath, sayEvicted } from './judge/others.ts';
import { proxy as sayProxy } from './judge/proxy.ts';
import { witnessOf, type Input, type OomSay, type Sofar } from './read.ts';

export function end(_: unknown, say: OomSay, input: Input, sofar: Sofar): void | Skip {
  const { containers: got } = sofar;
  const witness = got && witnessOf(got);
  const about = got && valueOf(got.pod);
  if (!got || !witness || !about) return skip('the pod could not be read');
  if (eviction(about)) return sayEvicted(got, say, input, sofar);
  const found = deaths(witness);
  const proxySaid = sayProxy(say, input, sofar);
  for (const death of found) sayDeath(death, found, got, say, input);
  const unknown = [got.events, got.node, got.agent].some((answer) => answer?.kind === 'unknown');
  if (found.length === 0 && !proxySaid && unknown) {
    return skip('not all that tells of an end was answered');
  }
}

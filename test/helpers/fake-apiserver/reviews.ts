// What a fake API server says of whoever asks: the three self-subject reviews, as the real one answers them.
import type { IncomingMessage } from 'node:http';

export type Attributes = {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
};
export type FakeRule = {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
};
export type FakeReviews = {
  readonly user?: string;
  readonly groups?: readonly string[];
  /** Everything, by default. */
  readonly allows?: (asked: Attributes) => boolean;
  /** The rules of a namespace; without it the server cannot list them. */
  readonly rules?: (namespace: string) => readonly FakeRule[];
};

type Posted = {
  readonly kind: string;
  readonly spec?: { readonly namespace?: string; readonly resourceAttributes?: Attributes };
};

export async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req as AsyncIterable<Buffer>) text += chunk.toString('utf8');
  return text;
}

/** The answer to a posted review, or `undefined` for what is none. */
export function reviewAnswer(reviews: FakeReviews, body: string): object | undefined {
  const posted = JSON.parse(body) as Posted;
  const { kind, spec } = posted;
  const { user = 'someone', groups = ['system:authenticated'], allows = () => true } = reviews;
  if (kind === 'SelfSubjectReview')
    return { ...posted, status: { userInfo: { username: user, groups } } };
  if (kind === 'SelfSubjectAccessReview' && spec?.resourceAttributes)
    return { ...posted, status: { allowed: allows(spec.resourceAttributes) } };
  if (kind !== 'SelfSubjectRulesReview') return undefined;
  const resourceRules = reviews.rules?.(spec?.namespace ?? '') ?? null;
  const incomplete = reviews.rules === undefined;
  return { ...posted, status: { resourceRules, nonResourceRules: [], incomplete } };
}

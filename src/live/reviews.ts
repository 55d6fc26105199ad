// Reviews of ourselves: `create`s that the API server answers and forgets (authentication.k8s.io and
// authorization.k8s.io, staging/src/k8s.io/api). Every signed-in user may make them (system:basic-user).
import * as v from 'valibot';
import { answered, type Reply } from '../core/ports.ts';
import type {
  CanIAnswer,
  CanIQuestion,
  Question,
  RulesAnswer,
  RulesQuestion,
  WhoamiAnswer,
  WhoamiQuestion,
} from '../core/question.ts';
import { failure, isOwnNotFound, permission, refusal } from './failure.ts';
import { postReview, type Wire } from './http.ts';
import { jsonObject } from './json.ts';

const strings = v.optional(v.nullable(v.array(v.string())));
const userSchema = v.object({ username: v.pipe(v.string(), v.nonEmpty()), groups: strings });
const whoamiSchema = v.object({ status: v.object({ userInfo: userSchema }) });
const ruleSchema = v.object({
  verbs: strings,
  apiGroups: strings,
  resources: strings,
  resourceNames: strings,
});
const rulesSchema = v.object({
  status: v.object({
    resourceRules: v.nullable(v.array(ruleSchema)),
    incomplete: v.boolean(),
    evaluationError: v.optional(v.string(), ''),
  }),
});
const canISchema = v.object({
  status: v.object({
    allowed: v.boolean(),
    denied: v.optional(v.boolean(), false),
    evaluationError: v.optional(v.string(), ''),
  }),
});

/** `absent` before Kubernetes 1.28, which made it v1. */
export async function whoami(
  wire: Wire,
  q: WhoamiQuestion,
  signal: AbortSignal,
): Promise<Reply<WhoamiAnswer>> {
  const got = await review(
    wire,
    q,
    'authentication',
    'SelfSubjectReview',
    {},
    signal,
    whoamiSchema,
  );
  if (!got.ok) return got;
  const { username, groups } = got.value.status.userInfo;
  return answered({ user: username, groups: groups ?? [] });
}

export async function rulesIn(
  wire: Wire,
  q: RulesQuestion,
  signal: AbortSignal,
): Promise<Reply<RulesAnswer>> {
  const spec = { namespace: q.namespace };
  const kind = 'SelfSubjectRulesReview';
  const got = await review(wire, q, 'authorization', kind, { spec }, signal, rulesSchema);
  if (!got.ok) return got;
  const { resourceRules, incomplete, evaluationError } = got.value.status;
  const rules = (resourceRules ?? []).map((rule) => ({
    verbs: rule.verbs ?? [],
    groups: rule.apiGroups ?? [],
    resources: rule.resources ?? [],
    names: rule.resourceNames ?? [],
  }));
  return answered({ rules, complete: !incomplete && evaluationError === '' });
}

export async function canI(
  wire: Wire,
  q: CanIQuestion,
  signal: AbortSignal,
): Promise<Reply<CanIAnswer>> {
  const { verb, resource: name, namespace } = q.access;
  const dot = name.indexOf('.');
  const [resource, subresource] = (dot < 0 ? name : name.slice(0, dot)).split('/');
  const resourceAttributes = {
    ...{ verb, resource, subresource, namespace, name: q.name },
    group: dot < 0 ? '' : name.slice(dot + 1),
  };
  const spec = { resourceAttributes };
  const kind = 'SelfSubjectAccessReview';
  const got = await review(wire, q, 'authorization', kind, { spec }, signal, canISchema);
  if (!got.ok) return got;
  const { allowed, denied, evaluationError } = got.value.status;
  // "No" because an authorizer failed is no answer (authorization/v1 SubjectAccessReviewStatus).
  if (!allowed && !denied && evaluationError)
    return failure('unreadable', 'the server could not decide whether it is allowed');
  if (allowed && denied) return failure('unreadable', 'the answer says both yes and no');
  return answered({ allowed });
}

async function review<S extends v.GenericSchema>(
  wire: Wire,
  q: Question,
  group: 'authentication' | 'authorization',
  kind: string,
  body: object,
  signal: AbortSignal,
  schema: S,
): Promise<Reply<v.InferOutput<S>>> {
  const apiVersion = `${group}.k8s.io/v1`;
  const path = `/apis/${apiVersion}/${kind.toLowerCase()}s`;
  const got = await postReview(wire, path, { apiVersion, kind, ...body }, signal);
  if (!got.ok) return got;
  const { status } = got.value;
  if (status === 404)
    return isOwnNotFound(got.value)
      ? failure('absent', `the server has no ${kind}`)
      : failure('unreadable', 'HTTP 404, and not in the words of the API server');
  if (status !== 201 && status !== 200) {
    const refused = refusal(q, got.value);
    return refused.detail === `may not ${permission(q)}`
      ? failure('forbidden', `may not create ${kind.toLowerCase()}s`)
      : refused;
  }
  const expected = `a ${kind}`;
  const answer = jsonObject(got.value, expected);
  if (!answer.ok) return answer;
  // The server sends back what was posted, with a status.
  const same = answer.value['kind'] === kind && answer.value['apiVersion'] === apiVersion;
  const parsed = same ? v.safeParse(schema, answer.value) : undefined;
  return parsed?.success
    ? answered(parsed.output)
    : failure('unreadable', `the answer is not ${expected}`);
}

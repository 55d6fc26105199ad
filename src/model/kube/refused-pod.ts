// Which rule of the cluster refuses a pod, by the words of the API server in a FailedCreate event. Sentences: refusal.ts, and
// kubernetes plugin/pkg/admission/{resourcequota,limitranger,serviceaccount}, apiserver pkg/admission/plugin/policy/validating,
// openshift/apiserver-library-go pkg/securitycontextconstraints/sccadmission.
import { readRefusal, type Refusal } from './refusal.ts';

export type RefusedPod =
  | { readonly is: 'quota-exceeded'; readonly quota: string; readonly said: string }
  | { readonly is: 'quota-needs-values'; readonly quota: string; readonly said: string }
  | { readonly is: 'account-missing'; readonly account: string; readonly said: string }
  | { readonly is: 'policy-denies'; readonly policy: string; readonly said: string }
  | { readonly is: 'webhook-denies'; readonly webhook: string; readonly said: string }
  | { readonly is: 'webhook-unreachable'; readonly webhook: string; readonly said: string }
  | { readonly is: 'level-denies'; readonly level: string; readonly said: string }
  | { readonly is: 'limit-range-denies'; readonly said: string }
  | { readonly is: 'scc-denies'; readonly said: string }
  | { readonly is: 'refused'; readonly said: string };

/** No mesh's: whose webhook it is makes no difference here. */
const nobodys = { injector: /$^/, containers: /$^/ };

export function refusedPod(message: string): RefusedPod {
  const read: Refusal = readRefusal(message, nobodys);
  const said = read.why;
  switch (read.is) {
    case 'unreachable':
      return { is: 'webhook-unreachable', webhook: read.webhook, said };
    case 'denied':
      return { is: 'webhook-denies', webhook: read.webhook, said };
    case 'pod-security':
      return { is: 'level-denies', level: read.level, said };
    case 'other':
      return byRule(said);
  }
}

/** For a refusal that names no webhook. */
export function byRule(said: string): RefusedPod {
  const named = (pattern: RegExp) => pattern.exec(said)?.[1];
  const spent = named(/exceeded quota: ([^,]+),/);
  if (spent !== undefined) return { is: 'quota-exceeded', quota: spent, said };
  const wants = named(/failed quota: ([^:]+):/);
  if (wants !== undefined) return { is: 'quota-needs-values', quota: wants, said };
  const account = named(/error looking up service account [^/\s]+\/([a-z0-9.-]+):/);
  if (account !== undefined) return { is: 'account-missing', account, said };
  const policy = named(/ValidatingAdmissionPolicy '([^']+)'/);
  if (policy !== undefined) return { is: 'policy-denies', policy, said };
  if (/security context constraint/.test(said)) return { is: 'scc-denies', said };
  const range = /(?:maximum|minimum) \S+ usage per (?:Container|Pod)|limit to request ratio per/;
  return range.test(said) ? { is: 'limit-range-denies', said } : { is: 'refused', said };
}

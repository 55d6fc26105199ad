// Where to look, and whom to ask, about the rule that refuses a pod.
import { kubectl, type Command } from '../../../src/authoring.ts';
import type { RefusedPod } from '../../../src/model/kube/refused-pod.ts';

/** `undefined` where the words of the API server name no rule of its own. */
export function ruleOf(
  rule: RefusedPod,
  namespace: string,
): { readonly does: string; readonly run: Command } | undefined {
  switch (rule.is) {
    case 'quota-exceeded':
    case 'quota-needs-values':
      return {
        does: 'See what is used of the quota, then ask who manages it',
        run: kubectl`describe resourcequota ${rule.quota} -n ${namespace}`,
      };
    case 'limit-range-denies':
      return {
        does: 'Read the LimitRanges of the namespace',
        run: kubectl`get limitrange -n ${namespace} -o yaml`,
      };
    case 'level-denies':
      return {
        does: 'See which level the namespace enforces',
        run: kubectl`get namespace ${namespace} --show-labels`,
      };
    case 'scc-denies':
      return {
        does: 'List the security context constraints, then ask who manages the cluster for one',
        run: kubectl`get securitycontextconstraints`,
      };
    case 'policy-denies':
      return {
        does: 'Read the policy',
        run: kubectl`get validatingadmissionpolicy ${rule.policy} -o yaml`,
      };
    case 'webhook-denies':
    case 'webhook-unreachable':
      return {
        does: 'Find the configuration that has this webhook, and who manages it',
        run: kubectl`get validatingwebhookconfigurations,mutatingwebhookconfigurations`,
      };
    case 'account-missing':
    case 'refused':
      return undefined;
  }
}

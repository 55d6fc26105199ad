import { expect, test } from 'vitest';
import { envoyRuleName, parseDetails } from '../../../../src/model/istio/authz/details.ts';

const rule = { policy: { namespace: 'shop', name: 'deny.web' }, index: 12 };
const inside = 'ns[shop]-policy[deny.web]-rule[12]';

test('a rule has the name that istiod gives it', () => {
  expect(envoyRuleName(rule)).toBe(inside);
});

// All but the fourth were seen on the lab in this spelling; the fourth is of releases before 1.30.
test.each([
  [inside, { is: 'rule', rule, custom: undefined }],
  ['none', { is: 'none' }],
  [
    `istio-ext-authz-my-opa-${inside}-deny-due-to-bad-CUSTOM-action`,
    { is: 'rule', rule, custom: { provider: 'my-opa', broken: true } },
  ],
  [
    `istio-ext-authz-${inside}-deny-due-to-bad-CUSTOM-action`,
    { is: 'rule', rule, custom: { provider: undefined, broken: true } },
  ],
  [
    `istio-ext-authz-opa-${inside}`,
    { is: 'rule', rule, custom: { provider: 'opa', broken: false } },
  ],
])('%s is read back', (name, details) => {
  expect(parseDetails(`rbac_access_denied_matched_policy[${name}]`)).toEqual(details);
  const line = `{"response_code_details":"rbac_access_denied_matched_policy[${name}]","x":"[y]"}`;
  expect(parseDetails(JSON.parse(line).response_code_details as string)).toEqual(details);
});

test.each(['via_upstream', '', 'ext_authz_denied', 'rbac_access_denied_matched_policy[mine]'])(
  '%j is no denial by a policy of Istio',
  (text) => {
    expect(parseDetails(text)).toBeUndefined();
  },
);

// Label selectors as the policy controller matches them: an expression with unexpected values, or without
// expected ones, matches nothing (linkerd2 policy-controller/k8s/api/src/labels.rs).
import type { Labels } from '../../kube/labels.ts';
import { at, labelsAt, list, text, texts } from '../../kube/read.ts';

export function matchesSelector(selector: unknown, labels: Labels): boolean {
  const pairs = Object.entries(labelsAt(selector, 'matchLabels'));
  return (
    list(selector, 'matchExpressions').every((e) => holds(e, labels)) &&
    pairs.every(([key, value]) => labels[key] === value)
  );
}

function holds(expression: unknown, labels: Labels): boolean {
  const value = labels[text(expression, 'key') ?? ''];
  const given = at(expression, 'values') !== undefined && at(expression, 'values') !== null;
  const values = texts(expression, 'values');
  switch (text(expression, 'operator')) {
    case 'In':
      return given && value !== undefined && values.includes(value);
    case 'NotIn':
      return given && (value === undefined || !values.includes(value));
    case 'Exists':
      return !given && value !== undefined;
    case 'DoesNotExist':
      return !given && value === undefined;
    default:
      return false;
  }
}

// Kubernetes label selectors, evaluated as the API server does
// (apimachinery pkg/labels/selector.go Requirement.Matches, pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector).

export type Labels = Readonly<Record<string, string>>;
export type LabelSelector = {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};

/** An empty selector matches everything; an absent one is the caller's to interpret. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return (
    matchesAll(selector.matchLabels ?? {}, labels) &&
    (selector.matchExpressions ?? []).every((e) => holds(e.operator, labels[e.key], e.values ?? []))
  );
}

/** Equality of every pair: a Service's selector, or an Istio `workloadSelector.labels`. */
export function matchesAll(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** `NotIn` and `DoesNotExist` hold where the key is absent. */
function holds(operator: string, value: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

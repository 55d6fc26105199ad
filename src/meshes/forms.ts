// What the words of allowed commands and pages may look like, for the records of meshes.
import type { FlagForms, Get } from '../core/mesh.ts';

export const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
/** `web-5c4`, `web-5c4.shop`, `deploy/web.shop` */
export const WORKLOAD = /^(?:[a-z]{1,40}\/)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
export const WORD = /^[\w.:*|/,-]{1,300}$/;
export const BOOL = /^(?:true|false)$/;
export const PORT = /^\d{1,5}$/;
export const SECONDS = /^\d{1,4}(?:ms|s|m)?$/;

export const NAMESPACE: FlagForms = { '-n': NAME, '--namespace': NAME };
export const OUTPUT: FlagForms = {
  '-o': /^(?:json|short|table|log|wide)$/,
  '--output': /^(?:json|short|table|log|wide)$/,
};

export const YES = /^(?:true|1)?$/;
/** A regular expression for RE2, which both Envoy and Prometheus use: it cannot blow up. */
export const PATTERN = /^[^\x00-\x1f]{1,512}$/;

type Params = NonNullable<Get['params']>;
const JSON_OR_TEXT = /^(?:json|text)$/;
const FIELD_MASK = /^[\w.,-]{1,512}$/;
const STATS: Params = {
  filter: PATTERN,
  format: /^(?:json|text|prometheus)$/,
  usedonly: YES,
  type: /^(?:All|Counters|Gauges|Histograms|TextReadouts)$/,
  histogram_buckets: /^(?:cumulative|disjoint|summary|none)$/,
  text_readouts: YES,
};
export const ENVOY_STATS: Get = {
  path: '/stats/prometheus',
  params: { filter: PATTERN, usedonly: YES, text_readouts: YES },
};

/** The admin interface of Envoy, whatever mesh runs it. */
export const ENVOY: readonly Get[] = [
  { path: '/server_info' },
  { path: '/ready' },
  { path: '/stats', params: STATS, oneOf: ['filter', 'usedonly'] },
  ENVOY_STATS,
  { path: '/clusters', params: { format: JSON_OR_TEXT, filter: PATTERN } },
  { path: '/listeners', params: { format: JSON_OR_TEXT } },
  { path: '/certs' },
  { path: '/memory' },
  {
    path: '/config_dump',
    params: {
      resource: /^[a-z_]{1,64}$/,
      mask: FIELD_MASK,
      name_regex: PATTERN,
      include_eds: YES,
    },
  },
  { path: '/init_dump', params: { mask: FIELD_MASK } },
];

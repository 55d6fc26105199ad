// What may be asked over HTTP, as data: per port, the paths, and per path the query parameters. Everything
// that is not here or in the record of a mesh is refused, so a new endpoint is refused until somebody has read it.
import type { Harmful, Server } from '../core/mesh.ts';
import { PATTERN } from '../meshes/forms.ts';
import { meshes } from '../meshes/meshes.ts';

const PROMQL = /^[^\x00-\x1f]{1,4096}$/;
const TIME = /^[\dTZ:.+-]{1,40}$/;

export const SERVERS: readonly Server[] = [
  ...meshes.flatMap(({ pages = [] }) => pages),
  {
    is: 'Prometheus',
    ports: [9090],
    gets: [
      { path: '/api/v1/query', params: { query: PROMQL, time: TIME, timeout: /^\d{1,4}m?s$/ } },
      {
        path: '/api/v1/targets',
        params: { state: /^(?:active|dropped|any)$/, scrapePool: PATTERN },
      },
      // The names of its jobs. Not here: /status/config and /status/flags, in which credentials may stand.
      { path: '/api/v1/scrape_pools' },
      ...['buildinfo', 'runtimeinfo', 'tsdb', 'walreplay'].map((name) => ({
        path: `/api/v1/status/${name}`,
      })),
    ],
  },
];

/** Known to be harmful. They are refused for not being above; here is what to tell the one who asks. */
export const HARMFUL: readonly Harmful[] = [
  ...meshes.flatMap(({ harmful = [] }) => harmful),
  { path: /quitquitquit|shutdown|\/-\/quit/, why: 'it ends the process' },
  { path: /drain_listeners|healthcheck/, why: 'it takes a proxy out of service' },
  { path: /reset_counters|runtime_modify/, why: 'it changes the state of a proxy' },
  { path: /logging|log-level/, why: 'it can change log levels' },
  { path: /pprof|profiler/, why: 'it slows the process while it runs, and dumps memory' },
];

// What `meshdoc diagnose` must find when no runbook is named.
import type { Expected } from '../expected.ts';

const web = () => 'deploy/web.shop';

/** No runbook is typed. */
const untold = { runbook: '' } as const;

export default [
  { ...untold, scenario: 'healthy', target: web, exit: 0, first: null },
  { ...untold, scenario: 'not-in-the-mesh', target: () => 'plain/legacy', exit: 0, first: null },
  { ...untold, scenario: 'denied-exec', target: web, user: 'noexec', exit: 4, first: null },
  {
    ...untold,
    fault: 'nack',
    scenario: 'stale-fits',
    exit: 3,
    first: 'stale/push-rejected',
    demo: 'no runbook named: meshdoc runs all that fit, and stale finds the cause',
  },
  {
    ...untold,
    fault: 'rbac-deny',
    scenario: 'rbac-fits',
    target: () => 'deploy/cart.shop',
    exit: 3,
    first: 'rbac/deny-rule',
  },
  {
    ...untold,
    fault: 'oom-partly-set',
    scenario: 'oom-fits',
    exit: 3,
    first: 'oom/proxy-oom-killed',
    also: ['oom/limit-partly-set', 'oom/too-much-config', 'oom/limit-low', 'stale/too-much-config'],
  },
  {
    ...untold,
    fault: 'inject-cases',
    scenario: 'injection-fits',
    target: () => 'deploy/annotated.inj-plain',
    exit: 3,
    first: 'injection/annotation-only',
  },
] satisfies readonly Expected[];

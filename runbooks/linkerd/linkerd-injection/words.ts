// How Linkerd names what every mesh has, and what can be said before a verdict is known.
import { tells } from '../../../src/authoring.ts';
import { saysOf, type Words } from '../../shared/admission/says.ts';

export const words: Words = {
  proxy: 'proxy',
  injector: 'the injector',
  port: 8443,
  failsClosed:
    'It fails closed (webhookFailurePolicy=Fail, as in high-availability installs), so no pod that it selects can be created.',
  refusesFor:
    'The injector cannot use the config.linkerd.io/* annotations of the pod or its namespace.',
  unsaid: 'the only trace is an API-server metric. {bundle}',
  part: 'a part of Linkerd that the webhook skips',
  partMeans: 'Its proxy is part of its manifest. Diagnose a workload instead.',
  injected: 'injected',
  figures: '{gain} would get a proxy, {lose} would lose theirs.',
  breaks:
    'The injected containers break the rule: linkerd-init needs NET_ADMIN and NET_RAW. With the linkerd-cni plugin no container needs them.',
  plugin: 'linkerd-cni',
  until: 'linkerd-cni replaces linkerd-init',
};

export const shared = saysOf(words);
export const tellShared = tells(shared);

// How Linkerd names what every mesh has, and what can be said of it before the gates are known.
import { tells } from '../../../src/authoring.ts';
import { saysOf, type Words } from '../../shared/admission/says.ts';

export const words: Words = {
  proxy: 'proxy',
  injector: 'the injector',
  port: 8443,
  webhook: "Linkerd's webhook",
  failsClosed:
    'A webhook that fails closed (webhookFailurePolicy=Fail, as in installs for high availability) keeps every pod it selects from being created.',
  refuses: 'the injector refuses them',
  refusesFor:
    'It cannot make a patch of what the annotations config.linkerd.io/* of pod or namespace say.',
  unsaid: 'nothing said so but a metric of the API server. {bundle}',
  part: 'it is a part of Linkerd, and the webhook leaves it out',
  partMeans: 'Its proxy is written into its manifest. Diagnose a workload instead.',
  injects: 'inject it',
  gets: 'a proxy',
  figures: '{gain} would get a proxy, {lose} would lose theirs.',
  breaks:
    'It is what Linkerd adds that breaks the rule: linkerd-init needs NET_ADMIN and NET_RAW, which the linkerd-cni plugin makes unnecessary.',
  plugin: 'linkerd-cni',
  until: 'linkerd-cni sets the redirect in place of linkerd-init',
};

export const shared = saysOf(words);
export const tellShared = tells(shared);

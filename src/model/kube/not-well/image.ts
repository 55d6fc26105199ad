// An image that cannot be pulled. Reasons: kubernetes pkg/kubelet/images/types.go and k8s.io/cri-api pkg/errors. A back-off
// says why only since 1.31 (pkg/kubelet/images/image_manager.go), so the event of the failed pull is read too.
// Words: containerd core/remotes/docker/{resolver,authorizer,errcode}.go, moby distribution/errors.go, Go's net and tls.
import type { Event } from '../../../facts/kube/events.ts';
import type { Container } from '../container.ts';
import { brief } from '../brief.ts';
import type { InContainer } from './reason.ts';

const reasons = new Set([
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'],
  ...['ImageInspectError', 'RegistryUnavailable', 'SignatureValidationFailed'],
]);

export function imageTrouble(
  { name, image, state }: Container,
  events: readonly Event[],
): InContainer | undefined {
  if (state.is !== 'waiting' || !reasons.has(state.reason)) return undefined;
  const said = pullError(state.message, image, name, events);
  const about = { container: name, image, said: brief(said === '' ? state.reason : said) };
  // istio manifests/charts/gateway/templates/deployment.yaml: the injector replaces the word by an image.
  if (image === 'auto') return { is: 'image-not-injected', ...about };
  return { is: kindOf(state.reason, said), ...about };
}

/** The last error of the registry; a back-off without one says nothing. */
function pullError(
  message: string,
  image: string,
  container: string,
  events: readonly Event[],
): string {
  const own = message.replace(/^Back-off pulling image "[^"]*":?\s*/, '');
  if (own !== '') return stripped(own);
  const failed = events.find(
    ({ reason, message: says, container: of }) =>
      reason === 'Failed' &&
      says.startsWith(`Failed to pull image "${image}"`) &&
      (of === undefined || of === container),
  );
  return failed ? stripped(failed.message) : 'its status does not say why';
}

/** Without what every such sentence repeats. */
function stripped(text: string): string {
  return text
    .replace(/^(?:ErrImagePull|ImagePullBackOff): /, '')
    .replace(/^(?:Failed to pull image|failed to pull and unpack image) "[^"]*": /, '')
    .replace(/^rpc error: code = \w+ desc = /, '')
    .replace(/^failed to pull and unpack image "[^"]*": /, '');
}

function kindOf(
  reason: string,
  said: string,
): Extract<InContainer, { readonly image: string }>['is'] {
  if (reason === 'InvalidImageName') return 'image-name-invalid';
  if (refused.test(said)) return 'image-refused';
  if (/not found|manifest unknown|does not exist/i.test(said)) return 'image-not-found';
  if (unreachable.test(said) || reason === 'RegistryUnavailable') return 'image-unreachable';
  return 'image-not-pulled';
}

/** Docker Hub answers a name that does not exist as it answers one that is private. */
const refused =
  /unauthorized|authentication required|authorization failed|pull access denied|denied: |\b40[13]\b|no basic auth credentials/i;
const unreachable =
  /dial tcp|i\/o timeout|no such host|connection refused|connection reset|network is unreachable|deadline exceeded|TLS handshake timeout|x509: |\b5\d\d [A-Z]|server misbehaving/i;

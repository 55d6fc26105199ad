// Why a pod was not created, as the API server says in a FailedCreate event.
// Sentences: kubernetes apiserver pkg/util/webhook/error.go and pkg/admission/plugin/webhook/errors/statuserror.go,
// pod-security-admission admission/response.go, plugin/pkg/admission/limitranger and resourcequota.

export type Refusal =
  /** A webhook could not be called, and fails closed. */
  | {
      readonly is: 'unreachable';
      readonly webhook: string;
      readonly injector: boolean;
      readonly trust: boolean;
      readonly why: string;
    }
  /** A webhook was called, and denied the pod. */
  | {
      readonly is: 'denied';
      readonly webhook: string;
      readonly injector: boolean;
      readonly why: string;
    }
  | {
      readonly is: 'pod-security';
      readonly level: string;
      readonly why: string;
      /** The injected containers break the rule. */
      readonly sidecar: boolean;
    }
  /** LimitRange, quota and others; most name no container. */
  | { readonly is: 'other'; readonly why: string; readonly sidecar: boolean };

const CALL = /failed calling webhook "([^"]+)":([\s\S]*)$/;
const DENIED = /admission webhook "([^"]+)" denied the request(?::([\s\S]*))?$/;
const SECURITY = /violates PodSecurity "([^"]+)":([\s\S]*)$/;
/** Repeated events are combined under such a prefix (client-go tools/events). */
const HEAD =
  /^(?:\(combined from similar events\): )?(?:Error creating(?: pods?)?:\s*|create Pod [\s\S]*? failed error: )/;

/** The names a mesh uses: its injecting webhook, and the containers it adds. */
export type MeshWords = { readonly injector: RegExp; readonly containers: RegExp };

export function readRefusal(message: string, { injector, containers }: MeshWords): Refusal {
  const [, webhook, reason] = CALL.exec(message) ?? [];
  if (webhook !== undefined && reason !== undefined) {
    const why = bare(reason.replace(/^\s*failed to call webhook:/, ''));
    return {
      is: 'unreachable',
      webhook,
      injector: injector.test(webhook),
      trust: /x509:|certificate|tls:/.test(why),
      why,
    };
  }
  const [, denier, said = ''] = DENIED.exec(message) ?? [];
  if (denier !== undefined) {
    return { is: 'denied', webhook: denier, injector: injector.test(denier), why: bare(said) };
  }
  const [, level, breaches] = SECURITY.exec(message) ?? [];
  if (level !== undefined && breaches !== undefined) {
    const why = bare(breaches);
    return { is: 'pod-security', level, why, sidecar: containers.test(why) };
  }
  const why = bare(message.replace(HEAD, '').replace(/^pods? "[^"]*" is forbidden: /, ''));
  return { is: 'other', why, sidecar: containers.test(why) };
}

/** One line, without the address that every such sentence repeats, and without its full stop. */
function bare(reason: string): string {
  const line = reason
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^Post "[^"]*": /, '');
  const short = line.length > 300 ? `${line.slice(0, 297)}...` : line;
  return short.replace(/[.:]$/, '');
}

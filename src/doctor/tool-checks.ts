// Programs on the PATH: their versions, and how far these are from what they talk to.
import semver from 'semver';
import type { Reply } from '../core/ports.ts';
import type { ProcessAnswer, ToolQuestion } from '../core/question.ts';
import { parseJson, text } from '../model/kube/read.ts';
import { istioctlVersionQuestion } from '../facts/istio/istioctl-version.ts';
import { bad, ok, type Check } from './check.ts';

export const toolQuestions = {
  kubectl: {
    ask: 'tool',
    tool: 'kubectl',
    args: ['version', '--client', '-o', 'json'],
    local: true,
  },
  istioctl: istioctlVersionQuestion,
  linkerd: { ask: 'tool', tool: 'linkerd', args: ['version', '--client', '--short'], local: true },
} as const satisfies Record<string, ToolQuestion>;
type Tool = keyof typeof toolQuestions;

const uses: Readonly<Record<Tool, string>> = {
  kubectl: 'the commands that reports print want it',
  istioctl: 'every verdict is reached without it',
  linkerd: 'every verdict is reached without it',
};

/** `other`: the version of what it talks to, where that is known. */
export function toolCheck(
  tool: Tool,
  reply: Reply<ProcessAnswer>,
  other: string | undefined,
): Check {
  if (!reply.ok && reply.why === 'tool-missing') {
    const says = `not on the PATH; ${uses[tool]}`;
    return tool === 'kubectl' ? bad(tool, 'warning', says) : ok(tool, says);
  }
  if (!reply.ok) return bad(tool, 'not-checked', reply.detail);
  const version = versionOf(tool, reply.value);
  if (version === undefined)
    return bad(
      tool,
      'not-checked',
      `it ends with exit code ${reply.value.exitCode} and tells no version`,
    );
  return other === undefined ? ok(tool, version) : skewCheck(tool, version, other);
}

function versionOf(tool: Tool, { exitCode, stdout }: ProcessAnswer): string | undefined {
  if (exitCode !== 0) return undefined;
  const json = () => parseJson(stdout);
  if (tool === 'kubectl') return text(json(), 'clientVersion', 'gitVersion');
  if (tool === 'istioctl') return text(json(), 'clientVersion', 'version');
  return /^\S{1,80}$/.exec(stdout.trim())?.[0];
}

const peers: Readonly<Record<Tool, string>> = {
  kubectl: 'the API server',
  istioctl: 'istiod',
  linkerd: "Linkerd's control plane",
};

function skewCheck(tool: Tool, version: string, other: string): Check {
  const says = `${version}, and ${peers[tool]} is ${other}`;
  const apart = tool === 'linkerd' ? differ(version, other) : minorsApart(version, other);
  return apart
    ? bad(tool, 'warning', `${says}: ${apart}`, `install ${tool} ${wanted(tool, other)}`)
    : ok(tool, says);
}

function wanted(tool: Tool, other: string): string {
  const parsed = semver.coerce(other);
  return tool === 'linkerd' || parsed === null ? other : `${parsed.major}.${parsed.minor}`;
}

/**
 * kubectl is supported within one minor version of the API server (kubernetes.io/releases/version-skew-policy). Istio
 * recommends the very version of the control plane for istioctl (istio.io docs/ops/diagnostic-tools/istioctl) and states
 * no limit; one minor version is what it allows a control plane to be ahead of its proxies (docs/releases/supported-releases).
 */
function minorsApart(version: string, others: string): string | undefined {
  const own = semver.coerce(version);
  const far = others
    .split(' and ')
    .map((other) => semver.coerce(other))
    .some(
      (other) =>
        own && other && (own.major !== other.major || Math.abs(own.minor - other.minor) > 1),
    );
  return far ? 'more than one minor version apart' : undefined;
}

/**
 * `linkerd check` warns of any difference ("control plane and cli versions match", linkerd2
 * pkg/healthcheck/healthcheck.go): numbers of edge releases say nothing of compatibility.
 */
function differ(version: string, other: string): string | undefined {
  return version === other ? undefined : 'linkerd check wants them equal';
}

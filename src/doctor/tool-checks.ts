// Programs on the PATH: their versions, and how far these are from what they talk to.
import semver from 'semver';
import type { Reply } from '../core/ports.ts';
import type { ProcessAnswer } from '../core/question.ts';
import type { ToolLook } from '../meshes/plane.ts';
import { planes } from '../meshes/planes.ts';
import { parseJson, text } from '../model/kube/read.ts';
import { bad, ok, type Check } from './check.ts';

/** kubectl is supported within one minor version of the API server (kubernetes.io/releases/version-skew-policy). */
const kubectl: ToolLook = {
  name: 'kubectl',
  question: {
    ...{ ask: 'tool', tool: 'kubectl', local: true },
    args: ['version', '--client', '-o', 'json'],
  },
  version: ({ stdout }) => text(parseJson(stdout), 'clientVersion', 'gitVersion'),
  peer: 'the API server',
  apart: 'one minor version',
};

export const tools: readonly ToolLook[] = [kubectl, ...planes.flatMap((plane) => plane.tools)];

/** `other`: the version of what it talks to, where that is known. */
export function toolCheck(
  tool: ToolLook,
  reply: Reply<ProcessAnswer>,
  other: string | undefined,
): Check {
  const { name } = tool;
  if (!reply.ok && reply.why === 'tool-missing') {
    return tool === kubectl
      ? bad(name, 'warning', 'not on the PATH; the commands that reports print want it')
      : ok(name, 'not on the PATH; every verdict is reached without it');
  }
  if (!reply.ok) return bad(name, 'not-checked', reply.detail);
  const { exitCode } = reply.value;
  const version = exitCode === 0 ? tool.version(reply.value) : undefined;
  if (version === undefined)
    return bad(name, 'not-checked', `it ends with exit code ${exitCode} and tells no version`);
  return other === undefined ? ok(name, version) : skewCheck(tool, version, other);
}

function skewCheck({ name, peer, apart }: ToolLook, version: string, other: string): Check {
  const says = `${version}, and ${peer} is ${other}`;
  if (typeof apart === 'object') {
    return version === other
      ? ok(name, says)
      : bad(name, 'warning', `${says}: ${apart.equal}`, `install ${name} ${other}`);
  }
  if (!areFar(version, other)) return ok(name, says);
  const parsed = semver.coerce(other);
  const wanted = parsed === null ? other : `${parsed.major}.${parsed.minor}`;
  return bad(
    name,
    'warning',
    `${says}: more than one minor version apart`,
    `install ${name} ${wanted}`,
  );
}

function areFar(version: string, others: string): boolean {
  const own = semver.coerce(version);
  return others
    .split(' and ')
    .map((other) => semver.coerce(other))
    .some(
      (other) =>
        own && other && (own.major !== other.major || Math.abs(own.minor - other.minor) > 1),
    );
}

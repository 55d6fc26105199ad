// Which istioctl is on the PATH. Its flags and tables changed often enough that the shape must be known first.
import semver from 'semver';
import type { Ports, Reply } from '../../core/ports.ts';
import type { ToolQuestion } from '../../core/question.ts';
import { parseJson, text } from '../../model/kube/read.ts';

export const istioctlVersionQuestion: ToolQuestion = {
  ask: 'tool',
  tool: 'istioctl',
  args: ['version', '--remote=false', '-o', 'json'],
  local: true,
};

/** The minor version; `undefined` for a build without one (`unknown`), which is treated as the newest. */
export async function istioctlMinor(
  ports: Ports,
  signal: AbortSignal,
): Promise<Reply<number | undefined>> {
  const reply = await ports.ask(istioctlVersionQuestion, signal);
  if (!reply.ok) return reply;
  const version = text(parseJson(reply.value.stdout), 'clientVersion', 'version');
  if (version === undefined) {
    return { ok: false, why: 'unreadable', detail: 'istioctl version printed no version' };
  }
  const parsed = semver.coerce(version);
  return { ok: true, value: parsed === null ? 31 : parsed.minor };
}

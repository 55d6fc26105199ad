import { kubeconfigOf, built, inState } from './paths.ts';
import { inControlPlane, run as runHere, type Result } from './sh.ts';

export type LabRunOptions = {
  stdin?: string;
  env?: Record<string, string>;
  timeoutMs?: number;
  /** One of the lab's users; its kubeconfig becomes KUBECONFIG. */
  user?: string;
};

export const labEnv: Record<string, string> = {
  PATH: `${built.kubernetes}:${built.istio}:${process.env.PATH ?? ''}`,
  KUBECONFIG: kubeconfigOf('admin'),
  HOME: inState('home'),
};

/** Runs a command in the control plane's network namespace, where the API server is. */
export function run(argv: string[], opt: LabRunOptions = {}): Promise<Result> {
  const { user, env, ...rest } = opt;
  const as = user ? { KUBECONFIG: kubeconfigOf(user) } : {};
  return runHere(inControlPlane(argv), { ...rest, env: { ...labEnv, ...as, ...env } });
}

async function must(argv: string[], stdin?: string): Promise<string> {
  const done = await run(argv, stdin === undefined ? {} : { stdin });
  if (done.code === 0) return done.stdout;
  throw new Error(`${argv.join(' ')}: exit ${done.code}\n${done.stderr}${done.stdout}`);
}

export const kubectl = (...args: string[]): Promise<string> => must(['kubectl', ...args]);
export const istioctl = (...args: string[]): Promise<string> => must(['istioctl', ...args]);

/** Server-side apply: large resource definitions do not fit in the client's annotation. */
export async function apply(yaml: string): Promise<void> {
  const flags = ['--server-side', '--force-conflicts', '--field-manager=lab'];
  await must(['kubectl', 'apply', ...flags, '-f', '-'], yaml);
}

export async function getJson<T>(...args: string[]): Promise<T> {
  return JSON.parse(await kubectl('get', ...args, '-o', 'json')) as T;
}

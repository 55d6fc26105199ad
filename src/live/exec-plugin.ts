// Exec credential plugins, by client-go's contract (plugin/pkg/client/auth/exec/exec.go).
import * as v from 'valibot';
import { inMiB, limits } from '../core/limits.ts';
import { answered, type Reply } from '../core/ports.ts';
import type { Credential, Credentials } from './credentials.ts';
import { bounded } from '../core/deadline.ts';
import { untilAborted } from './deadline.ts';
import { failure } from './failure.ts';
import type { ExecConfig } from './kubeconfig-file.ts';
import { parseJson } from './json.ts';
import { run, type Ran } from './process.ts';

export type PluginSettings = {
  readonly exec: ExecConfig;
  /** `spec.cluster` of the ExecCredential, for plugins that ask for it. */
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly env: NodeJS.ProcessEnv;
  /** Whether the plugin may use the terminal. */
  readonly interactive: boolean;
  /** Aborted when the connection is closed. */
  readonly closed: AbortSignal;
  /** Milliseconds one run may take; a login page nobody opens must not hold us for ever. */
  readonly timeoutMs: number;
};

const answerSchema = v.object({
  kind: v.literal('ExecCredential'),
  apiVersion: v.string(),
  status: v.object({
    token: v.optional(v.string(), ''),
    clientCertificateData: v.optional(v.string(), ''),
    clientKeyData: v.optional(v.string(), ''),
    expirationTimestamp: v.optional(v.string()),
  }),
});
type Fresh = {
  readonly credential: Credential;
  readonly expires: number;
  readonly second: boolean;
};

/** Runs the plugin once for all who wait, again when its credential expires, and once more after a 401. */
export function execCredentials(settings: PluginSettings): Credentials {
  let cached: Fresh | undefined;
  let running: Promise<Reply<Credential>> | undefined;
  let afterRefusal = false;
  const start = async (): Promise<Reply<Credential>> => {
    const got = await runPlugin(settings);
    if (got.ok) cached = { ...got.value, second: afterRefusal };
    afterRefusal = false;
    return got.ok ? answered(got.value.credential) : got;
  };
  return {
    get(signal) {
      if (cached && Date.now() < cached.expires)
        return Promise.resolve(answered(cached.credential));
      running ??= start().finally(() => (running = undefined));
      return untilAborted(running, signal);
    },
    renew(refused) {
      if (cached?.credential !== refused) return true;
      // The one from the second run is refused too: asking a third time would only prompt again.
      if (cached.second) return false;
      cached = undefined;
      afterRefusal = true;
      return true;
    },
  };
}

async function runPlugin(settings: PluginSettings): Promise<Reply<Omit<Fresh, 'second'>>> {
  const { exec } = settings;
  const mode = exec.interactiveMode || 'IfAvailable';
  if (mode === 'Always' && !settings.interactive) {
    return failure('unauthenticated', `the credential plugin ${exec.command} needs a terminal`);
  }
  const interactive = settings.interactive && mode !== 'Never';
  const ran = await bounded(settings.timeoutMs, settings.closed, (signal) =>
    run(exec.command, exec.args ?? [], {
      env: {
        ...settings.env,
        ...ownEnv(exec),
        KUBERNETES_EXEC_INFO: execInfo(settings, interactive),
      },
      terminal: interactive,
      signal,
      limit: limits.credential,
    }),
  );
  return read(exec, ran);
}

function ownEnv(exec: ExecConfig): Record<string, string> {
  return Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
}

function execInfo(settings: PluginSettings, interactive: boolean): string {
  const cluster = settings.exec.provideClusterInfo ? { cluster: settings.cluster } : {};
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: settings.exec.apiVersion,
    spec: { ...cluster, interactive },
  });
}

function read(exec: ExecConfig, ran: Ran): Reply<Omit<Fresh, 'second'>> {
  const plugin = `the credential plugin ${exec.command}`;
  switch (ran.is) {
    case 'missing': {
      const hint = exec.installHint ? `: ${oneLine(exec.installHint)}` : '';
      return failure('unauthenticated', `${plugin} is not installed${hint}`);
    }
    case 'cut':
      return failure('unauthenticated', `${plugin} did not finish; log in with it, then try again`);
    case 'broken':
      return failure('unauthenticated', `${plugin} ${broken(ran.code)}`);
    case 'exited':
      if (ran.exitCode !== 0) {
        return failure('unauthenticated', `${plugin} failed with exit code ${ran.exitCode}`);
      }
      return readAnswer(exec, plugin, ran.stdout);
  }
}

function broken(code: string): string {
  return code === 'too-much'
    ? `printed more than ${inMiB(limits.credential)}`
    : `could not be run (${code})`;
}

/** What a header takes: printed ASCII without blanks (RFC 6750, section 2.1). */
const tokenShape = /^[\x21-\x7e]+$/;

function readAnswer(
  exec: ExecConfig,
  plugin: string,
  stdout: string,
): Reply<Omit<Fresh, 'second'>> {
  const body = parseJson(Buffer.from(stdout));
  const parsed = v.safeParse(answerSchema, body.ok ? body.value : undefined);
  if (!parsed.success) return failure('unauthenticated', `${plugin} printed no ExecCredential`);
  const { apiVersion, status } = parsed.output;
  if (exec.apiVersion && apiVersion !== exec.apiVersion) {
    return failure(
      'unauthenticated',
      `${plugin} answers in another API version than ${exec.apiVersion}`,
    );
  }
  const pair = status.clientCertificateData !== '' && status.clientKeyData !== '';
  if (status.token === '' && !pair) {
    return failure(
      'unauthenticated',
      `${plugin} gave neither a token nor a certificate with its key`,
    );
  }
  if (status.token !== '' && !tokenShape.test(status.token))
    return failure('unauthenticated', `${plugin} gave a token that no request can carry`);
  const expires = Date.parse(status.expirationTimestamp ?? '');
  const credential = {
    authorization: status.token === '' ? undefined : `Bearer ${status.token}`,
    ...(pair ? { cert: status.clientCertificateData, key: status.clientKeyData } : {}),
  };
  return answered({ credential, expires: Number.isNaN(expires) ? Infinity : expires });
}

/** The hint is the kubeconfig author's own words for exactly this moment; only its line breaks are taken out. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 200);
}

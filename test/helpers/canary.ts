// Plants secrets in a case at every place where the guard claims to find them.
import type { KubeObject } from '../../src/core/object.ts';
import type { Case, TextAnswer } from '../../src/snapshot/case.ts';
import { CANARY, CANARY_FORMS, JWT, PEM_KEY } from '../guard/samples.ts';

export const plantedForms: readonly string[] = CANARY_FORMS.filter((form) =>
  [CANARY, JWT, PEM_KEY].some((secret) => secret.includes(form)),
);

/** In words, as they stand in logs and messages. */
const words = [
  `authorization: Bearer ${JWT}`,
  `GET https://user:${CANARY}@example.org/`,
  `--token=${CANARY}`,
].join(' ');

export function plant(saved: Case): Case {
  return {
    ...saved,
    objects: saved.objects.map(inObject),
    answers: saved.answers.map(inAnswer),
    file: {
      ...saved.file,
      replies: (saved.file.replies ?? []).map((r) => ({ ...r, detail: `${r.detail} ${words}` })),
    },
  };
}

function inObject(object: KubeObject): KubeObject {
  const annotations = {
    ...object.metadata.annotations,
    'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"key":"${CANARY}"}}`,
    'example.org/note': words,
  };
  const planted = mapLists(object);
  return {
    ...(planted as unknown as KubeObject),
    metadata: { ...object.metadata, annotations },
  };
}

type Loose = { [key: string]: unknown };

/** Every container gets a variable and an argument that hold a secret; every message a header. */
function mapLists(value: Loose): Loose {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (/^(initC|c)ontainers$/.test(key) && Array.isArray(inner))
        return [key, inner.map((c) => withSecrets(c as Loose))];
      if (key === 'message' && typeof inner === 'string') return [key, `${inner} ${words}`];
      return [key, isLoose(inner) ? mapLists(inner) : inner];
    }),
  );
}

function withSecrets(container: Loose): Loose {
  const env = Array.isArray(container['env']) ? (container['env'] as unknown[]) : [];
  const args = Array.isArray(container['args']) ? (container['args'] as unknown[]) : [];
  return {
    ...container,
    env: [...env, { name: 'DB_PASSWORD', value: CANARY }, { name: 'KEY', value: PEM_KEY }],
    args: [...args, `--password=${CANARY}`],
  };
}

function isLoose(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Refusals of Envoy quote config, and config holds headers. */
const quoting = /"(lastError|details|message)":\s*"((?:[^"\\]|\\.)*)"/g;

function inAnswer(answer: TextAnswer): TextAnswer {
  const stderr = `${answer.stderr}${answer.stderr === '' ? '' : '\n'}${words}`;
  if (answer.status === 'lines') {
    const now = '2026-11-21T08:00:00.000000Z';
    const lines = [
      `${now}\twarning\txdsproxy\tfailed to connect to upstream: dial tcp ${words}`,
      `${now}\twarn\txdsproxy\tx509: certificate signed by unknown authority ${words}`,
      ...PEM_KEY.split('\n'),
    ];
    return { ...answer, body: `${answer.body}${lines.join('\n')}\n` };
  }
  const body = answer.body.replace(quoting, (_, key: string, text: string) => {
    return `"${key}":"${text} ${words}"`;
  });
  return { ...answer, body, stderr: answer.status.startsWith('exit') ? stderr : answer.stderr };
}

// Every probe through every door: no answer, whatever it is, shows the secret in any form in which it can be read back.
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Json, JsonObject } from '../../src/core/object.ts';
import { failed } from '../../src/core/ports.ts';
import { guard } from '../../src/guard/guard.ts';
import { createRedact } from '../../src/guard/redact.ts';
import { applyRules, isSuspect } from '../../src/guard/text.ts';
import * as ofCode from './probes/code.ts';
import { heldTrees } from './probes/held.ts';
import { keys, namedTrees, several } from './probes/names.ts';
import * as ofNotations from './probes/notations.ts';
import * as ofRequests from './probes/requests.ts';
import { shaped, shapes } from './probes/shapes.ts';
import * as ofText from './probes/text.ts';
import { trees, variables } from './probes/trees.ts';
import { DUMP, json, LOGS, never, object, STATUS, through } from './samples.ts';

const lines = { ...ofText, ...ofCode, ...ofRequests, ...ofNotations, keys, several };

const PLAIN = ['Zq8', 'Vw2', 'Lk9', 'Rt5'].join('');

type Probe = {
  readonly name: string;
  readonly secret: string;
  readonly shown: () => Promise<unknown>;
};

const b64 = (text: string) => Buffer.from(text).toString('base64');

/** As it is, in JSON, in JSON in JSON, in an address, and in base64 at each of three offsets. */
function forms(secret: string): readonly string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const shifted = [0, 1, 2].map((shift) => {
    const from = shift === 0 ? 0 : 4;
    return b64('x'.repeat(shift) + secret).slice(
      from,
      from + Math.floor((secret.length - 3) / 3) * 4,
    );
  });
  return [
    secret,
    escaped,
    JSON.stringify(escaped).slice(1, -1),
    encodeURIComponent(secret),
    ...(secret.length < 9 ? [b64(secret)] : shifted),
  ];
}

async function throughText(text: string): Promise<unknown> {
  const note = { metadata: { name: 'x', annotations: { 'example.com/note': text } } };
  const container = {
    name: 'a',
    env: [{ name: 'PROXY_CONFIG', value: text }],
    args: ['sh', '-c', text],
  };
  const ask = guard(() => Promise.resolve(failed('server-error', text)));
  return [
    createRedact().text(text),
    await through(LOGS, ['before', ...text.split('\n'), 'after']),
    await through(
      LOGS,
      [`2026-11-21T04:19:25Z info said${text.includes('\n') ? '\n' : ' '}${text}`].flatMap((line) =>
        line.split('\n'),
      ),
    ),
    await through(LOGS, [JSON.stringify({ level: 'info', msg: text })]),
    await through(DUMP, { is: 'answered', status: 200, body: text }),
    await json({ configs: [{ message: text, inner: JSON.stringify({ message: text }) }] }),
    await object('Pod', { ...note, spec: { containers: [container] }, status: { message: text } }),
    await object('ConfigMap', { data: { 'app.conf': text } }),
    await object('VirtualService', { spec: { note: text } }),
    await object('Event', { message: text }),
    await through(STATUS, { exitCode: 1, stdout: text, stderr: text }),
    await ask(DUMP, never),
  ];
}

/** What of a probe can stand in a container; its name is Kubernetes' to allow. */
function container(tree: Json): JsonObject {
  const { name, ...rest } = tree as JsonObject;
  return name === undefined ? rest : { nested: tree };
}

async function throughTree(tree: Json): Promise<unknown> {
  const text = JSON.stringify(tree);
  const yaml = stringify(tree);
  return [
    await json({ configs: [tree] }),
    await object('Pod', { spec: { containers: [{ name: 'a', ...container(tree) }] } }),
    await object('EnvoyFilter', { spec: tree }),
    await object('ConfigMap', {
      data: { 'app.json': text, 'pretty.json': JSON.stringify(tree, null, 2) },
    }),
    await object('ConfigMap', { data: { 'app.yaml': yaml } }),
    await object('Pod', { metadata: { name: 'x', annotations: { note: text } } }),
    await through(LOGS, [text]),
    await through(STATUS, { exitCode: 1, stdout: text, stderr: `${text}\nError: x` }),
  ];
}

async function throughVariable(name: string): Promise<unknown> {
  const env = [{ name, value: PLAIN }];
  const proxyMetadata = { [name]: PLAIN };
  return [
    await object('Pod', { spec: { containers: [{ name: 'istio-proxy', env }] } }),
    await object('Deployment', {
      spec: { template: { spec: { initContainers: [{ name: 'a', env }] } } },
    }),
    await object('ProxyConfig', { spec: { environmentVariables: {}, proxyMetadata } }),
    await object('Pod', {
      spec: {
        containers: [
          { name: 'a', env: [{ name: 'PROXY_CONFIG', value: JSON.stringify({ proxyMetadata }) }] },
        ],
      },
    }),
    await json({ bootstrap: { node: { metadata: { PROXY_CONFIG: { proxyMetadata } } } } }),
  ];
}

const filled = (text: string, secret: string) => text.replaceAll('§', () => secret);

const probes: readonly Probe[] = [
  ...Object.entries(lines).flatMap(([what, all]) =>
    all.map(([text, secret = PLAIN]) => ({
      name: `${what}: ${text}`,
      secret,
      shown: () => throughText(filled(text, secret)),
    })),
  ),
  ...shapes.map((shape) => ({
    name: `shape: ${shape[0]}`,
    secret: shaped(shape),
    shown: () => throughText(`sent ${shaped(shape)} to it`),
  })),
  ...[...trees, ...namedTrees, ...heldTrees].map((tree) => ({
    name: `tree: ${JSON.stringify(tree)}`,
    secret: PLAIN,
    shown: () => throughTree(JSON.parse(filled(JSON.stringify(tree), PLAIN)) as Json),
  })),
  ...variables.map((name) => ({
    name: `variable: ${name}`,
    secret: PLAIN,
    shown: () => throughVariable(name),
  })),
];

/** The places of an answer that show a secret. */
async function leaks({ name, secret, shown }: Probe): Promise<readonly string[]> {
  const answers = (await shown()) as readonly unknown[];
  const known = forms(secret);
  return answers.flatMap((answer, door) => {
    const text = JSON.stringify(answer);
    return known.some((form) => text.includes(form))
      ? [`${name} (door ${door}): ${text.slice(0, 300)}`]
      : [];
  });
}

const found = (await Promise.all(probes.map(leaks))).map((places, i) => ({
  name: probes[i]?.name,
  places,
}));
const hidden = found.filter(({ places }) => places.length === 0).length;

describe('probes of each kind', () => {
  it(`${hidden} of ${probes.length} probes hidden`, () => {
    expect(found.flatMap(({ places }) => places)).toEqual([]);
  });

  it('are at least 300, and no two are the same', () => {
    expect(new Set(probes.map(({ name, secret }) => `${name} ${secret}`)).size).toBe(probes.length);
    expect(probes.length).toBeGreaterThanOrEqual(300);
  });
});

describe('the cheap look before the rules', () => {
  it('finds every probe that a rule finds', () => {
    const missed = Object.values(lines)
      .flat()
      .map(([text, secret = PLAIN]) => filled(text, secret))
      .concat(shapes.map(shaped))
      .filter((text) => applyRules(text, () => '[hidden]') !== text && !isSuspect(text));
    expect(missed).toEqual([]);
  });
});

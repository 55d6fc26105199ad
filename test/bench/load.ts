// What a run asks of the API server, counted where questions leave for it, while saved cases are diagnosed again.
// `npm run docs` puts the table into README.md beside this.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ask, Reply } from '../../src/core/ports.ts';
import type { Listed, Question } from '../../src/core/question.ts';
import { PAGE } from '../../src/live/pages.ts';
import { entries } from '../../src/registry.ts';
import { run, scenarios, type Scenario } from '../helpers/scenarios.ts';
import { root } from '../helpers/sources.ts';
import { aligned } from './figure.ts';

export type Load = {
  /** To the API server, the opening of a connection to a pod included. */
  readonly requests: number;
  /** Lists of every namespace: what grows with the cluster. */
  readonly everywhere: number;
  /** Port-forwards and execs. */
  readonly connections: number;
  /** istioctl, kubectl: they make requests of their own. */
  readonly programs: number;
  /** Of the answers. */
  readonly bytes: number;
};

const nothing: Load = { requests: 0, everywhere: 0, connections: 0, programs: 0, bytes: 0 };

/** Of a saved case, diagnosed again. */
export async function loadOf({ name, saved }: Scenario): Promise<Load> {
  const all: Load[] = [];
  const counted = (ask: Ask): Ask => {
    return async (question, signal) => {
      const reply = await ask(question, signal);
      all.push(costOf(question, reply));
      return reply;
    };
  };
  await run(name, saved, { safe: counted });
  return all.reduce(sum, nothing);
}

function sum(one: Load, other: Load): Load {
  const keys = Object.keys(one) as readonly (keyof Load)[];
  return Object.fromEntries(keys.map((key) => [key, one[key] + other[key]])) as Load;
}

function costOf(question: Question, reply: Reply<unknown>): Load {
  const bytes = reply.ok ? sizeOf(reply.value) : 0;
  switch (question.ask) {
    case 'tool':
      return { ...nothing, programs: 1, bytes };
    // Its address is the user's: no API server is in between.
    case 'prometheus':
      return { ...nothing, bytes };
    case 'http':
    case 'tls':
    case 'exec':
      return { ...nothing, requests: 1, connections: 1, bytes };
    case 'list': {
      const { resource, namespace } = question;
      const everywhere = resource.namespaced && namespace === undefined ? 1 : 0;
      return { ...nothing, requests: pagesOf(reply), everywhere, bytes };
    }
    default:
      return { ...nothing, requests: 1, bytes };
  }
}

function pagesOf(reply: Reply<unknown>): number {
  return reply.ok ? Math.max(1, Math.ceil((reply.value as Listed).items.length / PAGE)) : 1;
}

/** Objects as JSON; of text, the text. */
function sizeOf(value: unknown): number {
  const { body, stdout, items } = value as Record<string, unknown>;
  const text = body ?? stdout;
  return Buffer.byteLength(typeof text === 'string' ? text : JSON.stringify(items ?? value));
}

/** Markdown. Of each runbook its healthy case, and the one that took longest on the lab. */
export default async function loadTable(): Promise<string> {
  const seconds = await secondsOnTheLab();
  const recorded = (await scenarios()).filter(({ saved }) => !saved.file.complete);
  const rows: (readonly string[])[] = [];
  for (const { id } of entries) {
    const own = recorded.filter(({ name, runbook }) => runbook === id && seconds.has(name));
    const slowest = own.toSorted((a, b) => (seconds.get(b.name) ?? 0) - (seconds.get(a.name) ?? 0));
    const healthy = own.filter(({ name }) => name === `${id}/healthy`);
    for (const one of [...healthy, ...slowest.slice(0, 1)])
      rows.push(rowOf(one, await loadOf(one), seconds.get(one.name) ?? 0));
  }
  return aligned([head, ...rows]);
}

const head = [
  'case',
  'requests',
  'of these for every namespace',
  'into pods',
  'programs',
  'kB',
  's',
];

function rowOf({ name }: Scenario, load: Load, seconds: number): readonly string[] {
  const { requests, everywhere, connections, programs, bytes } = load;
  const figures = [requests, everywhere, connections, programs, Math.ceil(bytes / 1000)];
  return [`\`${name}\``, ...figures.map(String), seconds.toFixed(1)];
}

/** As `npm run accuracy` timed them, by the name of the saved case. */
async function secondsOnTheLab(): Promise<ReadonlyMap<string, number>> {
  const dir = join(root, 'test/lab');
  const files = (await readdir(dir)).filter((name) => /^accuracy-.*\.json$/.test(name)).sort();
  const found = new Map<string, number>();
  for (const file of files) {
    const rows = JSON.parse(await readFile(join(dir, file), 'utf8')) as readonly Timed[];
    for (const { table, scenario, seconds } of rows)
      found.set(`${table}/${scenario}`, seconds.meshdoc);
  }
  return found;
}

type Timed = {
  readonly table: string;
  readonly scenario: string;
  readonly seconds: { readonly meshdoc: number };
};

// Diagnoses to render: a small builder, and the incidents every format is read against.
import { kubectl, type Command } from '../../src/core/command.ts';
import type { Gap } from '../../src/core/answer.ts';
import type { Diagnosis, Finding, RunInfo, StepRecord } from '../../src/core/diagnosis.ts';
import type { Evidence, EvidenceId } from '../../src/core/evidence.ts';
import { momentOf, type Moment, type MomentKind } from '../../src/core/moment.ts';
import { safeText } from '../../src/core/text.ts';
import type { Style } from '../../src/report/style.ts';
import { istioctl } from '../../src/meshes/istio/commands.ts';

export const plain: Style = { color: false, width: 100, height: 24, unicode: true, verbose: false };

const about: RunInfo = {
  meshdoc: '0.1.0',
  started: '2026-03-04T09:15:02.117Z',
  tookMs: 2140,
  reach: { context: 'prod-eu1' },
  server: safeText('https://10.20.0.1:6443'),
  versions: { istiod: '1.31.1', proxy: '1.31.1' },
  source: { is: 'live' },
};

export function diagnosis(over: Partial<Diagnosis> & { info?: Partial<RunInfo> } = {}): Diagnosis {
  const { info, ...rest } = over;
  const target = rest.target ?? safeText('shop/cart-7d9f6c5b8-x2x4q');
  return {
    schema: 1,
    runbook: 'stale',
    title: 'Proxy is STALE',
    target,
    input: { target },
    verdict: 'cause-found',
    findings: [],
    steps: [],
    evidence: [],
    gaps: [],
    timeline: [],
    about: { ...about, ...info },
    ...rest,
  };
}

type Text<T> = Omit<T, 'says' | 'means' | 'reach' | 'since' | 'avoid'> & {
  says: string;
  means: string;
  reach?: string;
  since?: string;
  avoid?: string;
};

export function finding(over: Partial<Text<Finding>> = {}): Finding {
  return {
    code: 'stale/push-rejected',
    role: 'cause',
    sure: true,
    says: 'It is so.',
    means: 'So it goes on.',
    evidence: ['E1'],
    fixes: [],
    see: [],
    ...over,
  } as Finding;
}

export function evidence(
  n: number,
  asked: string,
  excerpt: readonly string[],
  byHand: Command = istioctl`proxy-status`,
  road?: string,
): Evidence {
  return {
    id: `E${n}` satisfies EvidenceId,
    asked: safeText(asked),
    byHand,
    at: `2026-03-04T09:15:0${n % 10}.250Z`,
    ...(road ? { road: safeText(road) } : {}),
    excerpt: excerpt.map(safeText),
  };
}

export function clear(asks: string, rulesOut?: string, ids: EvidenceId[] = ['E1']): StepRecord {
  return {
    id: asks.split(' ')[1] ?? 'x',
    asks,
    ...(rulesOut ? { rulesOut } : {}),
    ms: 120,
    outcome: { is: 'clear', evidence: ids },
  };
}

export function gap(asked: string, why: Gap['why'], detail: string, remedy?: Command): Gap {
  return { asked: safeText(asked), why, detail: safeText(detail), ...(remedy ? { remedy } : {}) };
}

export function couldNot(asks: string, ...gaps: Gap[]): StepRecord {
  return { id: asks, asks, ms: 40, outcome: { is: 'could-not-check', gaps } };
}

export const canI = (verb: string, what: string, namespace: string): Command =>
  kubectl`auth can-i ${verb} ${what} -n ${namespace}`;

export function moment(kind: MomentKind, at: string, what: string, id: EvidenceId): Moment {
  return momentOf({ kind, at, what }, id);
}

// `istioctl proxy-status` in the shapes it had over the versions, for when istiod cannot be asked directly.
// Sources: istio istioctl/pkg/writer/pilot/status.go at 1.26 (plain table), 1.27-1.29 (table behind -v 1; -o
// json is accepted and ignored), 1.30+ (one JSON document per istiod, concatenated).
import { list, record, text, time } from '../../model/kube/read.ts';
import {
  inTypeOrder,
  shortType,
  type ProxySync,
  type SyncState,
  type TypeSync,
} from '../../model/istio/syncz.ts';

/** A proxy as proxy-status lists it, with the istiod that holds its stream. */
export type StatusRow = ProxySync & { readonly istiod: string };

/** The flags that make this version of istioctl print states at all. */
export function statusArgs(minor: number | undefined): readonly string[] {
  if (minor !== undefined && minor >= 30) return ['proxy-status', '-o', 'json'];
  if (minor !== undefined && minor >= 27) return ['proxy-status', '-v', '1'];
  return ['proxy-status'];
}

/** Rows of any of the shapes; `undefined` when it is none of them. `now` dates the ages of the table. */
export function readProxyStatus(stdout: string, now: number): readonly StatusRow[] | undefined {
  const body = stdout.trim();
  if (body === '') return undefined;
  return body.startsWith('{') ? readDocuments(body) : readTable(body, now);
}

/** Documents follow one another without a separator: each ends where its braces balance. */
function readDocuments(body: string): readonly StatusRow[] | undefined {
  const documents = splitDocuments(body);
  if (documents === undefined) return undefined;
  return documents.flatMap((document) => {
    const istiod = istiodOf(document);
    return list(document, 'resources').map((resource) => readClient(resource, istiod));
  });
}

export function splitDocuments(body: string): readonly unknown[] | undefined {
  const documents: unknown[] = [];
  for (const chunk of body.split(/(?<=^\}) *\r?\n?(?=\{)/m)) {
    try {
      documents.push(JSON.parse(chunk));
    } catch {
      return undefined;
    }
  }
  return documents;
}

/** `controlPlane.identifier` is JSON inside JSON. */
function istiodOf(document: unknown): string {
  try {
    return text(JSON.parse(text(document, 'controlPlane', 'identifier') ?? '{}'), 'ID') ?? '';
  } catch {
    return '';
  }
}

const jsonStates: Readonly<Record<string, SyncState>> = {
  SYNCED: 'SYNCED',
  STALE: 'STALE',
  ERROR: 'ERROR',
  NOT_SENT: 'NOT SENT',
};

function readClient(resource: unknown, istiod: string): StatusRow {
  const metadata = record(resource, 'node', 'metadata');
  const types = list(resource, 'genericXdsConfigs').map((config): TypeSync | undefined => {
    const state = jsonStates[text(config, 'configStatus') ?? ''];
    if (!state) return undefined;
    return {
      type: shortType(text(config, 'typeUrl') ?? ''),
      state,
      sentAt: time(text(config, 'lastUpdated')),
      sent: text(config, 'versionInfo') ?? '',
      neverAcked: false,
      error: text(config, 'errorState', 'details'),
    };
  });
  return {
    proxy: text(resource, 'node', 'id') ?? '',
    cluster: text(metadata, 'CLUSTER_ID'),
    version: text(metadata, 'ISTIO_VERSION'),
    istiod,
    types: inTypeOrder(types.filter((t): t is TypeSync => t !== undefined)),
  };
}

const typeColumn = /^[A-Z]{1,4}DS$/;

/** By column name, never by position. Cells are padded with several blanks; `NOT SENT` holds a single one. */
function readTable(body: string, now: number): readonly StatusRow[] | undefined {
  const [header = '', ...lines] = body.split('\n');
  const columns = header.trim().split(/\s{2,}/);
  if (columns[0] !== 'NAME' || !columns.some((c) => typeColumn.test(c))) return undefined;
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = line.trim().split(/\s{2,}/);
      const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
      const types = columns
        .filter((column) => typeColumn.test(column))
        .map((column) => readCell(column, cell(column), now));
      return {
        proxy: cell('NAME'),
        cluster: cell('CLUSTER'),
        version: cell('VERSION'),
        istiod: cell('ISTIOD'),
        types: inTypeOrder(types.filter((t): t is TypeSync => t !== undefined)),
      };
    });
}

/**
 * `SYNCED (12s)`, `STALE (Never Acknowledged)`, `NOT SENT`; IGNORED is a type the proxy did not ask for. Until 1.22
 * `istioctl x proxy-status` printed `NOT_SENT` (istioctl/pkg/writer/pilot/status.go XdsStatusWriter).
 */
function readCell(type: string, cell: string, now: number): TypeSync | undefined {
  const [, state = '', note = ''] =
    /^(SYNCED|STALE|ERROR|NOT SENT)(?: \((.*)\))?$/.exec(cell.replace('NOT_SENT', 'NOT SENT')) ??
    [];
  if (state === '') return undefined;
  const ageMs = durationMs(note);
  return {
    type,
    state: state as SyncState,
    sentAt: ageMs === undefined ? undefined : now - ageMs,
    sent: '',
    neverAcked: note === 'Never Acknowledged',
    error: undefined,
  };
}

const unitMs: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** Go's short durations as kubectl prints them: `48s`, `7m19s`, `3h`. */
function durationMs(note: string): number | undefined {
  const parts = [...note.matchAll(/(?<!\d)(\d+(?:\.\d+)?)(ms|d|h|m|s)/g)];
  if (parts.length === 0 || parts.map((p) => p[0]).join('') !== note) return undefined;
  return parts.reduce((sum, [, n = '0', unit = 's']) => sum + Number(n) * (unitMs[unit] ?? 0), 0);
}

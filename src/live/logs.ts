// Container logs by the pods/log GET; client-node's Log class invents status codes.
import { inMiB, limits } from '../core/limits.ts';
import { answered, type Failure, type Reply } from '../core/ports.ts';
import type { LogsQuestion } from '../core/question.ts';
import { podText } from '../core/refs.ts';
import { failure, isStatus, refusal, statusMessage } from './failure.ts';
import { get, type Wire } from './http.ts';
import { isFields, isWebPage, parseJson } from './json.ts';
import { podPath } from './path.ts';
import type { Received } from './response.ts';

/** The lines, oldest first; only those that match when the question says so. */
export async function readLogs(
  wire: Wire,
  q: LogsQuestion,
  signal: AbortSignal,
): Promise<Reply<readonly string[]>> {
  const keep = q.match === undefined ? undefined : new RegExp(q.match.pattern);
  const query = [
    ['container', q.container],
    ['tailLines', q.tailLines],
    ['sinceSeconds', q.sinceSeconds],
    ['previous', q.previous ? true : undefined],
    ['limitBytes', limits.log],
  ] as const;
  const got = await get(wire, podPath(q.pod, 'log'), query, signal, limits.log);
  if (!got.ok) return got;
  if (got.value.status !== 200) return noLogs(q, got.value);
  if (isWebPage(got.value)) return failure('unreadable', 'a web page came instead of a log');
  if (!isLog(got.value)) return failure('unreadable', 'the answer is not a log');
  if (isCut(got.value)) return cutOff();
  const lines = got.value.body.toString('utf8').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return answered(keep ? lines.filter((line) => keep.test(line)) : lines);
}

/**
 * With `tailLines` the kubelet starts so many lines from the end and stops when `limitBytes` are written, within a line
 * if need be: what is missing is the newest (kubernetes pkg/kubelet/kuberuntime/logs/logs.go, logWriter).
 */
function isCut({ body }: Received): boolean {
  return body.length >= limits.log;
}

function cutOff(): Failure {
  const says = `the server cut the log off at ${inMiB(limits.log)}, so its newest lines are missing`;
  return failure('unreadable', says);
}

/**
 * Logs come as plain text, or without a type (apiserver pkg/registry/core/pod/rest/log.go, LocationStreamer). A log of
 * JSON lines is one as well; an object of the API with status 200 is not.
 */
function isLog(got: Received): boolean {
  return (got.type === '' || got.type.startsWith('text/plain')) && !isOther(got.body);
}

/** A whole page of HTML, or one whole object as the API server makes them: `{"kind":"Status","apiVersion":"v1",...}`. */
function isOther(body: Buffer): boolean {
  const start = body.toString('utf8', 0, 64).trimStart();
  if (/^<(?:!doctype html|html[\s>])/i.test(start)) return true;
  if (!start.startsWith('{')) return false;
  const parsed = body.length <= limits.refusal ? parseJson(body) : undefined;
  if (!parsed?.ok || !isFields(parsed.value)) return false;
  const { kind, apiVersion, metadata } = parsed.value;
  return typeof kind === 'string' && typeof apiVersion === 'string' && isFields(metadata);
}

function noLogs(q: LogsQuestion, got: Received): Failure {
  const container = `the container ${q.container} of ${podText(q.pod)}`;
  if (got.status === 404 && isStatus(got)) return failure('absent', `no pod ${podText(q.pod)}`);
  if (got.status !== 400) return refusal(q, got);
  // The server answers 400 to every log there is not (kubernetes pkg/registry/core/pod/strategy.go, kubelet).
  const says = statusMessage(got);
  if (/previous terminated container/.test(says))
    return failure('absent', `${container} has not run before`);
  if (/is waiting to start/.test(says)) return failure('absent', `${container} has not started`);
  if (/is not valid for pod/.test(says))
    return failure('absent', `${podText(q.pod)} has no container ${q.container}`);
  return failure('absent', `no log of ${container}`);
}

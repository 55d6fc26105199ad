// The `exec` question: one command inside a container, to its end.
import * as v from 'valibot';
import { limits } from '../core/limits.ts';
import { answered, type Failure, type Reply } from '../core/ports.ts';
import type { ExecQuestion, ProcessAnswer } from '../core/question.ts';
import { bounded } from '../core/deadline.ts';
import { tooLarge } from './budget.ts';
import { Bytes } from './bytes.ts';
import { untilAborted } from './deadline.ts';
import { failure, permission } from './failure.ts';
import type { Wire } from './http.ts';
import { parseJson } from './json.ts';
import { podPath } from './path.ts';
import { brokenSocket, notSpoken, openSocket, readFrames, type Frame } from './websocket.ts';

// Channels of the remote command protocol (apimachinery pkg/util/remotecommand).
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const CLOSE = 255;

const statusSchema = v.object({
  status: v.string(),
  reason: v.optional(v.string()),
  message: v.optional(v.string(), ''),
  code: v.optional(v.number()),
  details: v.optional(
    v.object({
      causes: v.optional(
        v.array(v.object({ reason: v.optional(v.string()), message: v.string() })),
      ),
    }),
  ),
});

/** Runs the command and gives its output and exit code. */
export function execIn(
  wire: Wire,
  q: ExecQuestion,
  signal: AbortSignal,
): Promise<Reply<ProcessAnswer>> {
  const session = new Session(q);
  return bounded(wire.requestTimeoutMs, signal, async (inner) => {
    const socket = await openSocket(wire, q, execPath(q), inner);
    if (!socket.ok) return socket;
    socket.value.once('close', () => {
      session.closed();
    });
    socket.value.once('error', (error) => {
      session.broke(error);
    });
    readFrames(socket.value, (frame) => {
      session.frame(frame);
    });
    try {
      return await untilAborted(session.over, inner);
    } finally {
      socket.value.terminate();
    }
  });
}

function execPath(q: ExecQuestion): string {
  const fields = new URLSearchParams([
    ['container', q.container],
    ['stdout', 'true'],
    ['stderr', 'true'],
    ...q.argv.map((word): [string, string] => ['command', word]),
  ]);
  return `${podPath(q.pod, 'exec')}?${fields.toString()}`;
}

/** What has come back so far. The first thing that ends it counts. */
class Session {
  readonly over: Promise<Reply<ProcessAnswer>>;
  readonly #q: ExecQuestion;
  readonly #output: ReadonlyMap<number, Bytes> = new Map([
    [STDOUT, new Bytes()],
    [STDERR, new Bytes()],
  ]);
  #size = 0;
  #finish!: (reply: Reply<ProcessAnswer>) => void;

  constructor(q: ExecQuestion) {
    this.#q = q;
    this.over = new Promise((resolve) => (this.#finish = resolve));
  }

  frame(frame: Frame | undefined): void {
    if (frame?.channel === STATUS) {
      this.#finish(this.#ended(frame.data));
      return;
    }
    // Version 5 closes a stream so; the command may still run.
    if (frame?.channel === CLOSE) return;
    const output = frame && this.#output.get(frame.channel);
    if (!output) {
      this.#finish(notSpoken());
      return;
    }
    this.#size += frame.data.length;
    if (this.#size > limits.exec) this.#finish(tooLarge(limits.exec));
    else output.push(frame.data);
  }

  closed(): void {
    this.#finish(failure('unreachable', 'the connection closed before the command ended'));
  }

  broke(error: Error): void {
    this.#finish(brokenSocket(error));
  }

  #ended(data: Buffer): Reply<ProcessAnswer> {
    const body = parseJson(data);
    const parsed = v.safeParse(statusSchema, body.ok ? body.value : undefined);
    if (!parsed.success)
      return failure('unreadable', 'the server does not say how the command ended');
    const exitCode = exitCodeOf(parsed.output);
    if (exitCode === undefined) return notRun(this.#q, parsed.output);
    return answered({ exitCode, stdout: this.#text(STDOUT), stderr: this.#text(STDERR) });
  }

  #text(channel: number): string {
    return this.#output.get(channel)?.take().toString('utf8') ?? '';
  }
}

type Status = v.InferOutput<typeof statusSchema>;

/** client-go tools/remotecommand/v4.go: the exit code is the message of a cause. */
function exitCodeOf(status: Status): number | undefined {
  if (status.status === 'Success') return 0;
  if (status.reason !== 'NonZeroExitCode') return undefined;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  const code = Number(cause?.message);
  return Number.isInteger(code) ? code : undefined;
}

/** The command never ran; the wording is the container runtime's. */
function notRun(q: ExecQuestion, status: Status): Failure {
  const program = q.argv[0] ?? '';
  if (/executable file not found|no such file or directory/i.test(status.message)) {
    return failure('tool-missing', `there is no ${program} in the container ${q.container}`);
  }
  if (/container not found|not found in pod|container .* is not running/i.test(status.message)) {
    return failure(
      'absent',
      `the container ${q.container} of ${q.pod.namespace}/${q.pod.name} is not running`,
    );
  }
  if (status.code === 403) return failure('forbidden', `may not ${permission(q)}`);
  return failure(
    'server-error',
    `the node could not run ${program} in the container ${q.container}`,
  );
}

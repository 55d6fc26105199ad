// What a runbook about one request asks of its user, and how the same is asked again.
import {
  destinationText,
  input,
  meshdoc,
  podText,
  words,
  type Command,
  type Destination,
  type InputValues,
  type PodRef,
} from '../../src/authoring.ts';

export const inputs = {
  src: input.caller('who calls; without it, who is being denied now is found'),
  dst: input.destination('what is called, with the port of its Service or its own'),
  path: input.option('the path of the request', {
    pattern: /^\//,
    says: 'a path begins with a slash',
  }),
  method: input.option('its method', { pattern: /^[A-Za-z]+$/, says: 'a method is a word' }),
  header: input.options('a header it carries, as name=value', {
    pattern: /^[^=:\s]+\s*[=:]/,
    says: 'type a header as name=value',
  }),
};
export type Input = InputValues<typeof inputs>;

type Asked = {
  readonly path: string | undefined;
  readonly method: string | undefined;
  /** `null`: known not to be sent. */
  readonly headers: Readonly<Record<string, string | null>>;
};

/** Quick, and it only reads. `port` where the user named none. */
export function again(
  runbook: string,
  caller: PodRef | undefined,
  called: Destination,
  port: number,
  { path, method, headers }: Asked,
): Command {
  const sent = Object.entries(headers).filter(([, value]) => value !== null);
  return meshdoc`diagnose ${runbook} ${caller ? podText(caller) : []}
    ${destinationText({ ...called, port: called.port ?? port })}
    ${path === undefined ? [] : words`--path ${path}`}
    ${method === undefined ? [] : words`--method ${method}`}
    ${sent.map(([name, value]) => words`--header ${name}=${value ?? ''}`)}`;
}

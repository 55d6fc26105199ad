// What a runbook about one request asks of its user.
import { input, type InputValues } from '../../src/authoring.ts';

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

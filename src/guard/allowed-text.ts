// The closed list of what meshdoc may ask, as lines of text for its documentation.
import type { Get } from '../core/mesh.ts';
import { COMMANDS } from './allowed-tools.ts';
import { SERVERS } from './allowed.ts';

/** One line an entry, in the order of the lists; nothing else is ever asked. */
export function allowedText(): readonly string[] {
  return [
    'get, list: every kind except Secrets, and no subresource but status and scale',
    'logs: of any container',
    ...SERVERS.flatMap(({ is, ports, gets }) =>
      gets.map((get) => `GET :${ports.join(', :')} ${getText(get)} (${is})`),
    ),
    'exec: pilot-agent request GET, for what may be asked at port 15000; with --debug-port, at that port',
    'exec: pilot-discovery request GET, for what may be asked at port 15014',
    ...[...COMMANDS].flatMap(([tool, commands]) =>
      commands.map(({ words, takes = [], flags = {} }) =>
        [tool, ...words, ...takes.map(() => 'NAME'), flagsText(Object.keys(flags))]
          .filter((part) => part !== '')
          .join(' '),
      ),
    ),
  ];
}

function getText({ path, params = {} }: Get): string {
  const names = Object.keys(params);
  return names.length === 0 ? path : `${path}?${names.join('&')}`;
}

function flagsText(flags: readonly string[]): string {
  return flags.length === 0 ? '' : `[${flags.join(' ')}]`;
}

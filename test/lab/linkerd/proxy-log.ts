import type { LogLine } from './steering.ts';

const began = performance.now();

/** Uptime, level and thread as linkerd2-proxy writes them (linkerd/tracing/src/uptime.rs, format plain). */
export function say({ level, from, text }: LogLine, thread = 1): void {
  const [seconds = '0', micros = '0'] = ((performance.now() - began) / 1000).toFixed(6).split('.');
  const clock = `[${seconds.padStart(6)}.${micros}s]`;
  const where = `ThreadId(${String(thread).padStart(2, '0')})`;
  process.stdout.write(`${clock} ${level.padStart(5)} ${where} ${from}: ${text}\n`);
}

export const info = (from: string, text: string): void => say({ level: 'INFO', from, text });

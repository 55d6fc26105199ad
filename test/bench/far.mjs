// `node far.mjs <one way, ms> <command>`: runs a command whose API server is far away. What goes through the proxy in
// between is held for so long each way, the handshake of a connection too. Its own start is not in the time, which is the
// last line of standard error.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [, , oneWay = '50', ...argv] = process.argv;
const delay = Number(oneWay);
const config = readFileSync(process.env.KUBECONFIG, 'utf8');
const server = /https:\/\/([^:/\s"]+):(\d+)/.exec(config);
const [, host, port] = server;

/** In the order in which it came: timers of one length end in the order in which they began. */
function relay(from, to, first) {
  const opens = Date.now() + first;
  const later = (work) => setTimeout(work, Math.max(0, opens - Date.now()) + delay);
  from.on('data', (chunk) => later(() => to.write(chunk)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
}

const proxy = createServer((near) => {
  const far = connect(Number(port), host);
  for (const socket of [near, far]) socket.setNoDelay(true);
  relay(near, far, 2 * delay);
  relay(far, near, 0);
});

proxy.listen(0, () => {
  const dir = mkdtempSync(join(tmpdir(), 'far-'));
  const file = join(dir, 'kubeconfig');
  const address = `https://${host}:${proxy.address().port}`;
  writeFileSync(file, config.replaceAll(server[0], address), { mode: 0o600 });
  const began = performance.now();
  const child = spawn(argv[0], argv.slice(1), {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, KUBECONFIG: file },
  });
  child.on('close', (code) => {
    process.stderr.write(`\n${performance.now() - began}\n`);
    rmSync(dir, { recursive: true });
    process.exit(code ?? 1);
  });
});

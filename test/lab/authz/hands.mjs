// Runs inside a pod's network namespace and does there what each line of its input says: an HTTP request, a
// TCP exchange. One answer a line, in any order.
import { request } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const TIMEOUT_MS = 5000;

const http = ({ host, port, method = 'GET', path = '/', headers = {}, contains }) =>
  new Promise((resolve) => {
    const call = request(
      { host, port, method, path, headers, agent: false, timeout: TIMEOUT_MS },
      (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', (error) => resolve({ error: error.message }));
        answer.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          const seen = contains === undefined ? { body } : { has: body.includes(contains) };
          resolve({ status: answer.statusCode, ...seen });
        });
      },
    );
    call.on('timeout', () => call.destroy(new Error('timeout')));
    call.on('error', (error) => resolve({ error: error.message }));
    call.end();
  });

/** The far end echoes; one that is refused closes. */
const tcp = ({ host, port }) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS }, () => socket.write('ping\n'));
    const end = (answer) => {
      resolve(answer);
      socket.destroy();
    };
    socket.on('data', (data) => end({ echoed: data.toString() === 'ping\n' }));
    socket.on('close', () => end({ echoed: false }));
    socket.on('timeout', () => end({ error: 'timeout' }));
    socket.on('error', (error) => end({ echoed: false, error: error.code }));
  });

const does = { http, tcp };

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, what, ...rest } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ id, ...(await does[what](rest)) })}\n`);
});

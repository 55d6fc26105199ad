// The application in the lab's pods: answers on 8080 and, with UPSTREAM, calls another one.
import { createServer, get } from 'node:http';

const { APP = 'app', PORT = '8080', UPSTREAM } = process.env;

const fetchStatus = (url) =>
  new Promise((resolve) => {
    const call = get(url, { timeout: 3000 }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(String(answer.statusCode)));
    });
    call.on('timeout', () => call.destroy(new Error('timeout')));
    call.on('error', (error) => resolve(error.message));
  });

createServer(async (request, response) => {
  // `/status/403` is answered with 403.
  response.statusCode = Number(/^\/status\/(\d{3})$/.exec(request.url)?.[1] ?? 200);
  const url = new URL(request.url, 'http://app').searchParams.get('call');
  response.end(`${APP}: ${url ? await fetchStatus(url) : 'ok'}\n`);
}).listen(Number(PORT), '0.0.0.0', () => console.log(`${APP} listens on ${PORT}`));

let last;
const call = async () => {
  const status = await fetchStatus(UPSTREAM);
  if (status !== last) console.log(`${UPSTREAM} -> ${status}`);
  last = status;
};
if (UPSTREAM) setInterval(call, 2000);

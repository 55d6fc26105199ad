// `fetch` for an identity provider: bounded in time and in size, and stopped when the connection is closed.
import { bounded } from '../core/deadline.ts';
import { limits } from '../core/limits.ts';
import { Bytes } from './bytes.ts';

/** Milliseconds for one request, its answer read to the end. */
const PROVIDER_TIMEOUT = 10_000;

type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** Rejects as `fetch` does, at the deadline, and when the answer is larger than a credential may be. */
export function boundedFetch(closed: AbortSignal): Fetch {
  return (url, options) =>
    bounded(PROVIDER_TIMEOUT, [closed, ...signalOf(options)], async (signal) => {
      const response = await fetch(url, { ...options, signal });
      const { status } = response;
      const headers = new Headers(response.headers);
      const body = await bodyOf(response);
      // `fetch` has unpacked it.
      headers.delete('content-encoding');
      headers.delete('content-length');
      return new Response(body, { status, headers });
    });
}

function signalOf({ signal }: RequestInit): readonly AbortSignal[] {
  return signal ? [signal] : [];
}

async function bodyOf({ body }: Response): Promise<Buffer | null> {
  if (!body) return null;
  const bytes = new Bytes();
  // Leaving the loop cancels the rest.
  for await (const piece of body) {
    bytes.push(Buffer.from(piece as Uint8Array));
    if (bytes.size > limits.credential) throw new RangeError('the answer is too large');
  }
  return bytes.take();
}

// What ships beside the program: inside the single executable, beside the bundle, or where the sources have it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file inside the single executable; Node before 20.12 has none, and no module to ask for it. */
export async function asset(name: string): Promise<ArrayBuffer | undefined> {
  try {
    const { getAsset, isSea } = await import('node:sea');
    return isSea() ? getAsset(name) : undefined;
  } catch {
    return undefined;
  }
}

/** `beside` is relative to the bundle; `among` to the root of the sources. */
export function onDisk(beside: string, among: string): string {
  const packed = fileURLToPath(new URL(`./${beside}`, import.meta.url));
  return existsSync(packed) ? packed : fileURLToPath(new URL(`../../${among}`, import.meta.url));
}

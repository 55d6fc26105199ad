// How much of anything is read, in one place. What is larger is not cut to size and believed: it is not read, and the
// gap says how large it was.

const KiB = 1024;
const MiB = 1024 * KiB;

/** Bytes, unless a name says otherwise. */
export const limits = {
  /** One answer over HTTP, unpacked. */
  answer: 256 * MiB,
  /** What the server may send of one container's log. */
  log: 4 * MiB,
  /** Each stream of a program, in characters. */
  program: 64 * MiB,
  /** All output of one command in a container. */
  exec: 64 * MiB,
  /** Containers of JSON open at once. Nothing a mesh prints is deeper than 50; JSON.stringify overflows its stack at some 4,000. */
  jsonDepth: 1000,
  /** Levels of a YAML text, as `yamlDepth` bounds them. The parser's stack ends at some 900. */
  yamlDepth: 200,
  /** Values in a text of JSON. Envoy's dumps have one in 40 to 60 bytes; an empty object takes 64 in memory. */
  jsonNodes: 2_000_000,
  /** Members of one object of JSON: a larger one takes seconds to copy. istiod's largest are one for each service. */
  jsonMembers: 200_000,
  /** Characters of one string of JSON. What is over `piece` is hidden whole; what is over this is not even parsed. */
  jsonString: 8 * MiB,
  /** Characters of text, or of one string of JSON, without a place to cut. etcd takes no object above 1.5 MiB. */
  piece: MiB,
} as const;

/** `64 MiB`, for a sentence. */
export function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / MiB)} MiB`;
}

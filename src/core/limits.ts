// How much of anything is read, in one place. What is larger is not cut to size and believed: it is not read, and the
// gap says how large it was.

const KiB = 1024;
const MiB = 1024 * KiB;

/** Bytes, unless a name says otherwise. */
export const limits = {
  /** One answer over HTTP, unpacked: istiod's metrics and the Envoy dumps of 2,000 endpoints take some 10 MB. */
  answer: 32 * MiB,
  /** One answer that is parsed at once, unpacked: 500 pods of 12 kB take 6 MB; more would hold the event loop up. */
  json: 16 * MiB,
  /** An answer that only says no: a Status, a proxy's error page. */
  refusal: 1 * MiB,
  /** Answers that are being read at one time, beside the first `unreserved` bytes of each. */
  inFlight: 48 * MiB,
  unreserved: 1 * MiB,
  /** All answers of one run, as they are held in memory. */
  run: 192 * MiB,
  /** Pages of one list, and how many of them in a row may be empty. */
  pages: 2000,
  emptyPages: 20,
  /** What the server may send of one container's log. */
  log: 4 * MiB,
  /** Each stream of a program. */
  program: 32 * MiB,
  /** What a credential plugin or an identity provider may answer; a token is sent with every request. */
  credential: 1 * MiB,
  /** All output of one command in a container. */
  exec: 32 * MiB,
  /** One message of a websocket. The kubelet sends at most 32 KiB; what stands in between may put some together. */
  frame: 8 * MiB,
  /**
   * Pieces in which one frame may come, a number: ws keeps each until the frame is whole, and putting its own limit of
   * 262,144 together takes seconds. The largest frame comes in some 6,000 packets.
   */
  framePieces: 16 * 1024,
  /** What the node says of a port that cannot be forwarded. */
  portError: 4 * KiB,
  /**
   * Containers of JSON open at once. The deepest that Kubernetes serves, schemas of CRDs, have some fifty; JSON.stringify
   * overflows its stack at some 4,000.
   */
  jsonDepth: 1000,
  /** Values in a text of JSON. Envoy's dumps have one in 40 to 60 bytes; an empty object takes 64 in memory. */
  jsonNodes: 2_000_000,
  /** Members of one object of JSON: a larger one takes seconds to copy. istiod's largest are one for each service. */
  jsonMembers: 200_000,
  /** Characters of one string of JSON. What is over `piece` is hidden whole; what is over this is not even parsed. */
  jsonString: 8 * MiB,
  /** Characters of text, or of one string of JSON, without a place to cut. etcd takes no object above 1.5 MiB. */
  piece: MiB,
  /** What is read from disk: saved cases, sessions, config files, kubeconfig files. */
  files: {
    /** scenario.yaml and session.yaml: they hold questions, and no answers. */
    head: 8 * MiB,
    /** cluster.yaml. YAML is read at some 2 MB a second. */
    objects: 32 * MiB,
    /** One file of answers/. */
    answer: 64 * MiB,
    /** All files of a case together, unpacked. */
    case: 128 * MiB,
    /** Files in answers/, a number; and folders and files in an archive. */
    entries: 10_000,
    /** .meshdoc.yaml and the user's config.yaml. */
    config: 1 * MiB,
    /** A kubeconfig file; client-go has no limit, and certificates in one are a few KiB each. */
    kubeconfig: 16 * MiB,
    /** Folders that are looked at for sessions, a number; the newest. */
    sessions: 1000,
  },
  /** What a text that is YAML may hold, wherever it came from. */
  yaml: {
    /** A number. */
    documents: 100_000,
    /** One document, in characters. An object in etcd has 1.5 MiB by default; YAML indents it. */
    document: 8 * MiB,
    /** Collections inside each other, a number. A CustomResourceDefinition's schema has some 80. */
    depth: 256,
    /** Lexical tokens in one document, a number; a document of 1.5 MiB has some 350 000. A million take four seconds to refuse. */
    tokens: 600_000,
    /** How often one document may repeat a part of itself by `*name`. The library's own default. */
    aliases: 100,
  },
  /** What a case says of its run, in characters. */
  words: {
    /** Each of its words: a namespace, a context, a runbook. */
    word: 1024,
    /** A value of `input`: many targets, or a long path. */
    input: 64 * KiB,
    /** A question, and why it was not answered. */
    line: 64 * KiB,
  },
  /** Characters of YAML in a ConfigMap that are read as a tree to find what is secret by position; a second's work is 1 MiB. */
  yamlInConfigMap: 128 * 1024,
} as const;

/** `64 MiB`, for a sentence. */
export function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / MiB)} MiB`;
}

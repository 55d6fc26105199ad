// What the rest of meshdoc must know about a mesh, as plain data: one record for each mesh (src/meshes/<mesh>/<mesh>.ts), so
// that a new mesh needs no change elsewhere.
import type { Resource } from './refs.ts';

/** A mesh as a record. A field that is absent means that the mesh has no such thing. */
export type Mesh = {
  /** `istio`: the folder of its runbooks, and what `head.mesh` of those says. */
  readonly id: string;
  /** As its makers write it: `Istio`. */
  readonly title: string;
  /** The namespace of its control plane, where it has its own. */
  readonly root?: Root;
  /** Other flags that choose which part of it to look at. */
  readonly flags?: readonly Flag[];
  /** The name of the container that its proxy is, where pods have one. */
  readonly proxyContainer?: string;
  /** The runbook that knows why that container runs and is not ready. */
  readonly proxyRunbook?: string;
  /** Init containers of its own. `redirects`: the one that sends the pod's traffic to the proxy, where no CNI plugin does. */
  readonly initContainers?: { readonly redirects: string; readonly others: readonly string[] };
  /** The kind of the object that it makes for each pod it connects, by the pod's name; where the pods themselves show nothing. */
  readonly objectPerPod?: Resource;
  /** Programs of its own, with the forms that only read. */
  readonly programs?: readonly Program[];
  /** Pages its parts serve over HTTP that may be asked. */
  readonly pages?: readonly Server[];
  /** Pages that do harm, with what to tell whoever asks for them. They are refused anyway, like every page not in `pages`. */
  readonly harmful?: readonly Harmful[];
  /** Environment variables that it sets itself: their values configure a proxy, and are shown. */
  readonly variables?: readonly string[];
  /** What these begin with, where a page of one of its parts leaves that out. */
  readonly variablePrefix?: string;
  /** The annotation that asks for its proxy. Only managed fields hold who set it and when, so its name is kept there. */
  readonly injectAnnotation?: string;
  readonly words?: Words;
  readonly brings?: Brings;
};

/** A flag that takes a name. */
export type Flag = {
  /** Under which a saved case keeps the value, and a runbook's input has it: `root`, `revision`. */
  readonly key: string;
  /** `-i`, `--istioNamespace`. */
  readonly short: string;
  readonly long: string;
  /** Of its help. */
  readonly says: string;
};

/** How a person says where the control plane is. Config files and the environment use the long flag too. */
export type Root = Flag & {
  /** Where it usually is. */
  readonly usual: string;
  /** Where nobody says: `usual` is taken, or it is `found` by the control plane's own labels. */
  readonly unsaid: 'usual' | 'found';
};

export type Program = {
  readonly name: string;
  /** The help of the flag that says where it is, `--istioctl <path>`; by default it is looked for on the PATH. */
  readonly path?: { readonly says: string };
  readonly commands: readonly CommandForm[];
  /** How it takes the cluster and the identity. */
  readonly reach: {
    readonly dash: '--' | '-';
    /** Flags stand before the subcommand (cobra) or after it (mitchellh/cli). */
    readonly flags: 'first' | 'last';
    /** Impersonation it can do. */
    readonly knows: readonly ('as' | 'as-group' | 'as-uid')[];
  };
};

/** One form of a command that may be run. */
export type CommandForm = {
  /** Fixed words, each with its aliases: `proxy-status|ps`. */
  readonly words: readonly string[];
  /** What may follow, one pattern an argument; none by default. */
  readonly takes?: readonly RegExp[];
  /** How many of `takes` must be given; all by default. */
  readonly atLeast?: number;
  /** The argument is a path of a debug interface, held to the list of pages for its port. */
  readonly debugPath?: true;
  readonly flags?: FlagForms;
};
/** A flag with the pattern of its value; `null` for a switch. */
export type FlagForms = Readonly<Record<string, RegExp | null>>;

export type Get = {
  readonly path: string;
  readonly params?: Readonly<Record<string, RegExp>>;
  /** One of these must be given: the answer to the bare path is too large to ask of a busy proxy. */
  readonly oneOf?: readonly string[];
};
/** Who serves pages at these ports. */
export type Server = {
  readonly is: string;
  readonly ports: readonly number[];
  readonly gets: readonly Get[];
};
export type Harmful = { readonly path: RegExp; readonly why: string };

/** Kinds that every release which still runs brings along, and how a cluster shows that it runs. */
export type Brings = {
  /** `istio.io/Sidecar`: the last two parts of the group, and the kind. */
  readonly kinds: readonly string[];
  /** What runs where the mesh does, by its label; the first of them that there is a pod of proves it. */
  readonly signs: readonly { readonly labels: string; readonly is: string }[];
};

/** What names nothing of the user's own, and must never be renamed or taken for a secret. */
export type Words = {
  /** First words of the names of its objects, blanks between: `istio istiod pilot`. */
  readonly products: string;
  /** Domains of its API groups, labels and images. */
  readonly domains: readonly string[];
  /** Its ConfigMaps, whose keys are known and hold no secret. */
  readonly configMaps?: readonly RegExp[];
  /** Of these, those whose key `config` has templates of the injector, in which anything may stand: they are not shown. */
  readonly templateConfigMaps?: readonly RegExp[];
  /** Values that its programs put into queries, and that hold no secret. */
  readonly queryValues?: readonly RegExp[];
  /** Labels of its own whose values name an application of the user's: these are renamed wherever they stand. */
  readonly applicationLabels?: readonly RegExp[];
  /** Objects with such a label and value: by the value of the label `by` their parts are told apart, so it stays as it is. */
  readonly parts?: readonly {
    readonly label: string;
    readonly value: string;
    readonly by: string;
  }[];
};

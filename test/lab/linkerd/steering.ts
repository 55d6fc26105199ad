/**
 * What a fault tells the fake proxy of one pod, in a file of the pod's folder that it reads again when it changes.
 * Without the file it is a healthy proxy with a little traffic.
 */
export type Steering = {
  /**
   * `/metrics` and nothing else: 403 as a policy answers to every client but the pod's own loopback, 403 to that too (as
   * before the controller was heard), or accepted and never answered.
   */
  readonly admin?: 'denied' | 'denied-to-all' | 'silent';
  /** What `/ready` says, whatever identity says. */
  readonly ready?: boolean;
  /** What the proxy has seen; [] is a proxy without traffic. */
  readonly traffic?: readonly Stream[];
  /** More lines of `/metrics`, as they are. */
  readonly text?: string;
  /** Families of this proxy that are left out, as an older one has them not. */
  readonly without?: readonly string[];
  /** Served instead of the certificate that identity issued: PEM, leaf first. */
  readonly leaf?: { readonly chain: string; readonly key: string };
  /** Printed once, each with the proxy's own clock and level before it. */
  readonly log?: readonly LogLine[];
};

export type LogLine = {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  /** What stands between the thread and the text, e.g. `inbound:server{port=8080}: linkerd_app_inbound::policy::http`. */
  readonly from: string;
  readonly text: string;
};

export type Ref = { readonly group: string; readonly kind: string; readonly name: string };

/** Traffic of one kind with one peer; its counters grow with the time. */
export type Stream = {
  readonly direction: 'inbound' | 'outbound';
  readonly protocol: 'http' | 'tcp';
  /** The port of the workload that is called. */
  readonly port: number;
  readonly tls: Tls;
  /** Requests or connections a second; 0 is traffic that once was. */
  readonly rate: number;
  /** The part of the requests that fails, 0 to 1. */
  readonly failing?: number;
  /** Outbound: who is called, as `service.namespace`. */
  readonly to?: string;
  /** Inbound: the Server and what authorizes; the default policy when absent. */
  readonly server?: Ref;
  readonly route?: Ref;
  readonly authz?: Ref;
  /** Refused by policy: counted as denied, and nothing reaches the application. */
  readonly denied?: true;
};

/** As the proxy's label `tls` tells it (linkerd2-proxy linkerd/app/core/src/transport/labels.rs). */
export type Tls =
  | { readonly is: 'true'; readonly peer: string }
  | { readonly is: 'no_identity'; readonly reason: string }
  | { readonly is: 'opaque'; readonly sni: string }
  | { readonly is: 'disabled' };

export const STEERING_FILE = 'linkerd-proxy.json';
/** Where the pod's folder for such files is inside the container. */
export const STEERING_DIR = '/run/lab';

// Kubernetes events, newest first, one line each.
import type { KubeObject } from '../../core/object.ts';
import { number, text } from '../../model/kube/read.ts';

export type Event = {
  /** The object it is about, by name. */
  readonly object: string;
  readonly kind: string;
  /** The container of the pod that it is about, where it is about one. */
  readonly container?: string | undefined;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly last: string | undefined;
};

export function readEvents(items: readonly KubeObject[]): readonly Event[] {
  return items
    .map((item) => ({
      object: text(item, 'involvedObject', 'name') ?? '',
      kind: text(item, 'involvedObject', 'kind') ?? '',
      container: containerAt(text(item, 'involvedObject', 'fieldPath')),
      reason: text(item, 'reason') ?? '',
      message: text(item, 'message') ?? '',
      count: number(item, 'count') ?? number(item, 'series', 'count') ?? 1,
      // lastTimestamp is null for events of the newer API, which carry eventTime or a series.
      last:
        text(item, 'lastTimestamp') ??
        text(item, 'series', 'lastObservedTime') ??
        text(item, 'eventTime') ??
        item.metadata.creationTimestamp,
    }))
    .sort((a, b) => (b.last ?? '').localeCompare(a.last ?? ''));
}

/** `BackOff (4x): Back-off restarting failed container` */
export function eventLine(event: Event): string {
  return `event ${event.reason}${event.count > 1 ? ` (${event.count}x)` : ''}: ${event.message}`;
}

/** `spec.containers{web}`: kubernetes pkg/kubelet/container/ref.go GenerateContainerRef. */
function containerAt(path = ''): string | undefined {
  return /\{([^{}]+)\}$/.exec(path)?.[1];
}

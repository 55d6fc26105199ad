// What a proxy's four resources should be, from what was measured. The four go together: one annotation alone
// drops the mesh's defaults for the other three (istio manifests/charts/istio-control/istio-discovery/files/
// injection-template.yaml, define "resources").
import type { Container } from '../kube/container.ts';
import { cpuQuantity, memoryQuantity, memoryText, readQuantity } from '../kube/quantity.ts';

/** Bytes and cores; absent is not set. */
export type Resources = {
  readonly memoryRequest: number | undefined;
  readonly memoryLimit: number | undefined;
  readonly cpuRequest: number | undefined;
  readonly cpuLimit: number | undefined;
};

export type Measured = {
  /** What the container has. */
  readonly now: Resources;
  /** What the injector would give without annotations. */
  readonly defaults: Resources;
  /** Bytes in use at this moment. */
  readonly usage: number | undefined;
  /** The highest use, when more than `usage`: Envoy's heap never shrinks, so it shows the past. */
  readonly peak: number | undefined;
  /** It was killed at its memory limit. */
  readonly killedAtLimit: boolean;
};

export type Sized = {
  readonly memoryRequest: string;
  readonly memoryLimit: string;
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  /** The arithmetic, for a person who wants to check it. */
  readonly because: string;
};

const mi = 2 ** 20;
/** Istio's own (values.yaml global.proxy.resources), when the injector's could not be read. */
export const istioDefaults: Resources = {
  memoryRequest: 128 * mi,
  memoryLimit: 1024 * mi,
  cpuRequest: 0.1,
  cpuLimit: 2,
};

/** During a push Envoy holds the old and the new config at once. */
const headroom = 1.5;
/** A container that was killed at its limit needed more; how much more is not known. */
const afterDeath = 2;

export function size(measured: Measured): Sized {
  const { now, defaults, killedAtLimit } = measured;
  const peak = Math.max(measured.usage ?? 0, measured.peak ?? 0);
  const floors = [
    ...term(peak * headroom, `highest use seen (${memoryText(peak)}) × ${headroom}`),
    ...(killedAtLimit && now.memoryLimit !== undefined
      ? term(
          now.memoryLimit * afterDeath,
          `exceeded limit (${memoryText(now.memoryLimit)}) × ${afterDeath}`,
        )
      : term(now.memoryLimit, `current limit (${memoryText(now.memoryLimit ?? 0)})`)),
    ...term(
      defaults.memoryLimit ?? istioDefaults.memoryLimit,
      `the mesh's default (${memoryText(defaults.memoryLimit ?? istioDefaults.memoryLimit ?? 0)})`,
    ),
  ];
  const limit = floors.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const memoryLimit = roundUp(limit.bytes);
  const wanted = Math.max(measured.usage ?? 0, now.memoryRequest ?? 0, defaults.memoryRequest ?? 0);
  const memoryRequest = Math.min(
    roundUp(wanted || (istioDefaults.memoryRequest ?? 0)),
    memoryLimit,
  );
  const cpuLimit = most(now.cpuLimit, defaults.cpuLimit) ?? istioDefaults.cpuLimit ?? 2;
  const cpuRequest = Math.min(
    most(now.cpuRequest, defaults.cpuRequest) ?? istioDefaults.cpuRequest ?? 0.1,
    cpuLimit,
  );
  return {
    memoryRequest: memoryQuantity(memoryRequest),
    memoryLimit: memoryQuantity(memoryLimit),
    cpuRequest: cpuQuantity(cpuRequest),
    cpuLimit: cpuQuantity(cpuLimit),
    because: `memory limit: the largest of ${floors.map((f) => f.says).join(', ')}, rounded up; CPU: the current value or the mesh's default, whichever is higher`,
  };
}

type Floor = { readonly bytes: number; readonly says: string };

function term(bytes: number | undefined, says: string): readonly Floor[] {
  return bytes === undefined || bytes <= 0 ? [] : [{ bytes, says }];
}

function most(...values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((v): v is number => v !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Steps that people use: 64Mi up to 1Gi, 256Mi up to 4Gi, then whole Gi. */
function roundUp(bytes: number): number {
  const step = bytes <= 1024 * mi ? 64 * mi : bytes <= 4096 * mi ? 256 * mi : 1024 * mi;
  return Math.ceil(bytes / step) * step;
}

/** `resources` of a container, or of the injector's values. */
export function readResources({ limits, requests }: Container['resources']): Resources {
  return {
    memoryRequest: readQuantity(requests['memory']),
    memoryLimit: readQuantity(limits['memory']),
    cpuRequest: readQuantity(requests['cpu']),
    cpuLimit: readQuantity(limits['cpu']),
  };
}

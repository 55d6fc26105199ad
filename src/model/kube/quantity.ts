// Kubernetes quantities: 128Mi, 1.5Gi, 100m, 2, 1e3
// (kubernetes staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go, suffix.go).

const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number a quantity stands for, or `undefined` when it is none. */
export function readQuantity(text: string | undefined): number | undefined {
  const found = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(
    text?.trim() ?? '',
  );
  if (!found) return undefined;
  const [, digits = '', exponent = '', suffix = ''] = found;
  const value = Number(`${digits}${exponent}`) * (units[suffix] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

const mi = 2 ** 20;
const gi = 2 ** 30;

/** Bytes as a person writes them in a manifest: whole Gi where that is exact, else whole Mi, never less. */
export function memoryQuantity(bytes: number): string {
  return bytes > 0 && bytes % gi === 0 ? `${bytes / gi}Gi` : `${Math.ceil(bytes / mi)}Mi`;
}

/** Cores: `2`, `100m`; never less. */
export function cpuQuantity(cores: number): string {
  return Number.isInteger(cores) ? String(cores) : `${Math.ceil(cores * 1000 - 1e-9)}m`;
}

/** Bytes for a sentence: `241Mi`, `1.5Gi`. */
export function memoryText(bytes: number): string {
  if (bytes < gi) return `${Math.round(bytes / mi)}Mi`;
  return `${Number((bytes / gi).toFixed(1))}Gi`;
}

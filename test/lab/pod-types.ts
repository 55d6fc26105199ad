/** The parts of Kubernetes objects that the lab reads; the API server keeps the rest. */
export type Meta = {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};

export type EnvVar = {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { fieldPath: string };
    resourceFieldRef?: { resource: string; divisor?: string };
  };
};

export type Probe = {
  httpGet?: { path?: string; port: number | string };
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
};

export type Container = {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  restartPolicy?: string;
  ports?: { name?: string; containerPort: number }[];
  volumeMounts?: { name: string; mountPath: string; subPath?: string }[];
  readinessProbe?: Probe;
  startupProbe?: Probe;
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> };
  securityContext?: { runAsUser?: number; runAsGroup?: number };
};

export type Items = { key: string; path: string }[];

export type Source = {
  emptyDir?: object;
  configMap?: { name?: string; items?: Items; optional?: boolean };
  secret?: { secretName?: string; optional?: boolean };
  downwardAPI?: { items?: { path: string; fieldRef?: { fieldPath: string } }[] };
  serviceAccountToken?: { audience?: string; expirationSeconds?: number; path: string };
};

export type Volume = Source & { name: string; projected?: { sources: Source[] } };

export type Pod = {
  metadata: Meta;
  spec: {
    nodeName?: string;
    serviceAccountName?: string;
    initContainers?: Container[];
    containers: Container[];
    volumes?: Volume[];
  };
  status?: { podIP?: string; hostIP?: string; startTime?: string };
};

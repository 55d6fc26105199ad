// Everything a test needs of the fake API server.
export { makeCertificate } from './certificate.ts';
export { kubeconfigText, scratch, writeKubeconfig, type KubeconfigParts } from './kubeconfig.ts';
export { FakeApiServer, type FakeOptions, type Fault, type Recorded } from './server.ts';
export { status, type FakeObject } from './store.ts';
export type { FakeExec, FakePort, Frames, Play } from './streams.ts';

export const CONTROL_PLANE = 'linkerd';
export const VIZ = 'linkerd-viz';
export const APPS = 'emojivoto';
/** Not meshed. */
export const UNMESHED = 'books';
/** Of a second Prometheus. */
export const MONITORING = 'monitoring';
export const NAMESPACES = [CONTROL_PLANE, VIZ, APPS, UNMESHED, MONITORING];

/** On what a fault adds for the whole cluster, so that it is found again. */
export const FAULT_LABEL = 'lab.meshdoc.dev/fault';
export const FAULT_SELECTOR = `${FAULT_LABEL}=linkerd`;

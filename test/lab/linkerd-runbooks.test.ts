// Every fault of Linkerd: a real API server and a real Prometheus; the control plane and the proxies are fakes.
import { runTables } from './rows.ts';

await runTables('linkerd');

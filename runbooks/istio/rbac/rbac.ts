// A request gets 403, or a connection is closed: which rule of which policy decides, at which proxy, and which change
// allows exactly this request. Order: istio pilot/pkg/networking/core/listener_builder.go
// (CUSTOM, JWT, AUDIT, DENY, ALLOW).
import { runbookOf } from '../../../src/authoring.ts';
import { gathered } from './gathered.ts';
import { inputs } from '../../shared/request.ts';
import { decision } from './judge.ts';
import { findings } from './says.ts';

export default runbookOf(
  {
    id: 'rbac',
    aliases: ['rbac-denied', '403'],
    mesh: 'istio',
    title: 'Request is denied',
    symptom:
      'A caller gets 403 "RBAC: access denied", or its TCP connection is closed as soon as it opens.',
    words: [
      'forbidden',
      'unauthorized',
      '401',
      'access denied',
      'AuthorizationPolicy',
      'mTLS refused',
      'connection reset',
    ],
    input: inputs,
    findings,
    answersOnly: ['no-proxy', 'grpc-enforces', 'unknown-template'],
  },
  [...Object.values(gathered), decision],
);

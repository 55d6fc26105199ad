// `istioctl analyze -o json` as two releases print it, and what of it concerns a pod.
import { describe, expect, it } from 'vitest';
import { readAnalysis, relate } from '../../../src/facts/istio/analysis.ts';

const message = (code: string, origin: string) => ({
  code,
  documentationUrl: `https://istio.io/v1.30/docs/reference/config/analysis/${code.toLowerCase()}/?ref=istioctl-analyze`,
  level: 'Error',
  message: 'Referenced host+subset in destinationrule not found: "reviews+v2"',
  origin,
});
const reviews = message('IST0101', 'VirtualService bookinfo/reviews');
const filter = message('IST0133', 'EnvoyFilter bookinfo/bad-filter');
const printed = JSON.stringify([reviews, filter], null, '\t');

describe('readAnalysis', () => {
  it.each([
    ['istioctl 1.31', printed],
    [
      'istioctl 1.29.6, which warns first',
      `2026-11-21T05:08:12.182194Z\twarn\tCRD tlsroutes.gateway.networking.k8s.io version 1.6.0 is above maximum version 1.4.1, ignoring\n${printed}\n`,
    ],
    [
      'with the verdict behind it',
      `${printed}\n✔ No validation issues found when analyzing namespace: bookinfo.\n`,
    ],
  ])('%s', (_, stdout) => {
    expect(readAnalysis(stdout)).toEqual([reviews, filter]);
  });

  it('nothing found', () => {
    expect(readAnalysis('[]\n')).toEqual([]);
  });

  it.each(['', 'Error: no running Istio pods', '[', '[not json\n]', '{"code":"IST0101"}'])(
    'no analysis: %j',
    (stdout) => {
      expect(readAnalysis(stdout)).toBeUndefined();
    },
  );

  it('leaves out what is no message', () => {
    expect(readAnalysis(`[\n 1, {}, ${JSON.stringify(reviews)}\n]`)).toEqual([reviews]);
  });
});

describe('relate', () => {
  it('keeps what is about a resource that concerns the pod', () => {
    const concerned = [{ kind: 'VirtualService', namespace: 'bookinfo', name: 'reviews' }];
    expect(relate([reviews, filter], concerned)).toEqual({ concerning: [reviews], unrelated: 1 });
    expect(relate([reviews, filter], [])).toEqual({ concerning: [], unrelated: 2 });
  });
});

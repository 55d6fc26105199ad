import {
  addPrometheus,
  annotateTemplate,
  linkerdFault,
  MONITORING,
  podOf,
  removeViz,
  untilTarget,
} from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-metrics-external',
  'Without viz: a Prometheus without a proxy may not read web, which takes meshed callers alone.',
  async () => {
    await removeViz();
    await addPrometheus();
    const policy = { 'config.linkerd.io/default-inbound-policy': 'all-authenticated' };
    const web = await annotateTemplate('web', policy);
    await untilTarget(web, 'down', /403/, MONITORING);
    await untilTarget(await podOf('emoji'), 'up', /.*/, MONITORING);
  },
);

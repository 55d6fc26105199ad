import type { Fault } from '../faults.ts';
import { addLinkerd, removeLinkerd } from '../linkerd-kit.ts';

/** Not a fault: the mark by which an installed Linkerd is taken away when everything is mended. */
const fault: Fault = {
  name: 'linkerd-installed',
  does: 'installs Linkerd, viz and emojivoto beside the shop, and breaks nothing',
  async break(lab) {
    await addLinkerd(lab);
    return { target: 'deploy/web.emojivoto' };
  },
  mend: removeLinkerd,
};

export default fault;

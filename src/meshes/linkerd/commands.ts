// Commands of linkerd for a person to paste.
import { program } from '../../core/command.ts';

export const linkerd = program('linkerd');

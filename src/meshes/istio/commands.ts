// Commands of istioctl for a person to paste.
import { program } from '../../core/command.ts';

export const istioctl = program('istioctl');

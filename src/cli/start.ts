// The program.
import { invocationOf } from './invocation.ts';
import { thisProcess } from './io.ts';
import { main } from './main.ts';

const [, started = '', ...typed] = process.argv;
const { name, words } = invocationOf(started, typed);
const { io, end } = thisProcess();
// Not awaited: the single executable is CommonJS, which has no await out here.
void main(words, io, name).then(end);

// The process: its streams, its signals, its exit code.
import { exitCodes } from './exit.ts';
import { invocationOf } from './invocation.ts';
import { endByHangUp, processIo } from './io.ts';
import { main } from './main.ts';

const [, started = '', ...typed] = process.argv;
const { name, words } = invocationOf(started, typed);
const io = processIo();
// Set, not forced: a large report must drain into its pipe first (process.exit cuts it at 64 KiB).
// Not awaited: the single executable is CommonJS, which has no await out here.
void main(words, io, name).then((code) => {
  process.exitCode = code;
  if (code === exitCodes.hungUp) endByHangUp();
});

// The process: its streams, its signals, its exit code.
import { processIo } from './io.ts';
import { main } from './main.ts';

const io = processIo();
// Set, not forced: a large report must drain into its pipe first (process.exit cuts it at 64 KiB).
process.exitCode = await main(process.argv.slice(2), io);

import { spawnSync } from 'node:child_process';
import { buildAll, buildPrometheus } from './build.ts';
import { istioctl, kubectl, labEnv } from './cluster.ts';
import { faultNames } from './faults.ts';
import { lab } from './lab.ts';
import { down, isUp, up } from './lifecycle.ts';
import { bundle } from './meshdoc.ts';
import { inControlPlane } from './sh.ts';

const USAGE = `usage: npm run lab -- <command>
  build            compile what the cache lacks, and bundle meshdoc
  up               the same, and start the lab
  down             end it and remove everything it left on the machine
  status           what runs
  shell            a shell inside the lab (kubectl, istioctl, KUBECONFIG)
  run -- <argv>    one command inside the lab
  break <fault>    one of: ${faultNames().join(' ')}
  mend [fault]     undo it (or all), and wait until the mesh is healthy`;

function attach(argv: string[]): number {
  const [file = '', ...args] = inControlPlane(argv);
  const env = { ...process.env, ...labEnv };
  return spawnSync(file, args, { stdio: 'inherit', env }).status ?? 1;
}

async function status(): Promise<number> {
  if (!(await isUp())) {
    console.log('down');
    return 1;
  }
  console.log(await kubectl('get', 'pods', '-A', '-o', 'wide', '-l', 'lab.meshdoc.dev/run'));
  console.log(await istioctl('proxy-status', '-v', '1').catch(String));
  return 0;
}

async function build(): Promise<void> {
  await buildAll();
  await buildPrometheus();
  await bundle();
}

async function timed(what: string, work: () => Promise<unknown>): Promise<number> {
  const started = Date.now();
  const answer = await work();
  if (answer !== undefined) console.log(JSON.stringify(answer, null, 2));
  console.log(`${what}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return 0;
}

async function main([command, ...args]: string[]): Promise<number> {
  const words = args[0] === '--' ? args.slice(1) : args;
  const [fault] = words;
  switch (command) {
    case 'build':
      return timed('build', build);
    case 'up':
      return timed('up', up);
    case 'down':
      return timed('down', down);
    case 'status':
      return status();
    case 'shell':
      return attach([process.env.SHELL ?? 'sh']);
    case 'run':
      return attach(words);
    case 'break':
      if (!fault) break;
      return timed(`break ${fault}`, async () => (await lab()).breakIt(fault));
    case 'mend':
      return timed('mend', async () => (await lab()).mend(fault));
    default:
      break;
  }
  console.error(USAGE);
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`lab: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

// `meshdoc access [runbook...]`: the least roles for them, offline. `--check` asks which of them one lacks.
import { accessOf, roleName } from '../../access/choose.ts';
import { objectOf, rolesOf, type Subject } from '../../access/roles.ts';
import type { RunbookAccess } from '../../access/choose.ts';
import { accessYaml } from '../../access/yaml.ts';
import { isName } from '../../core/refs.ts';
import { jsonText, listed } from '../../core/text.ts';
import { chosenIn, namedRoots, usualRoots } from '../../meshes/choices.ts';
import { exitCodes, type ExitCode } from '../../run/exit.ts';
import type { Io } from '../io.ts';
import { chosenRunbooks } from '../chosen-runbooks.ts';
import { version } from '../../run/version.ts';

type Raw = Readonly<Record<string, unknown>>;
type Chosen = {
  readonly access: RunbookAccess;
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly roots: Readonly<Record<string, string>>;
  readonly subjects: readonly Subject[];
};

export async function accessCommand(names: readonly string[], raw: Raw, io: Io): Promise<ExitCode> {
  const subjects = subjectsOf(raw);
  if (typeof subjects === 'string') return usage(subjects, io);
  if (raw['check'] === true) {
    if (subjects.length > 0)
      return usage('--check asks about yourself; --as <user> asks about somebody else', io);
    const { checkAccess } = await import('./doctor.ts');
    return checkAccess(names, raw, io);
  }
  const all = await chosenRunbooks(names);
  if (!all.ok) return usage(all.says, io);
  const { namespace } = raw;
  const access = accessOf(all.runbooks);
  const chosen: Chosen = {
    access,
    name: roleName(access.runbooks, names.length === 0),
    namespaces: typeof namespace === 'string' ? namespace.split(',') : [],
    roots: { ...usualRoots, ...namedRoots(chosenIn(raw)) },
    subjects,
  };
  const odd = [...chosen.namespaces, ...Object.values(chosen.roots)].find((one) => !isName(one));
  if (odd !== undefined) return usage(`"${odd}" is not the name of a namespace`, io);
  io.out(raw['output'] === 'json' ? json(chosen) : yaml(chosen));
  return exitCodes.healthy;
}

function yaml(chosen: Chosen): string {
  const { access } = chosen;
  return accessYaml(rolesOf(access.rules, chosen), {
    runbooks: access.runbooks,
    head: headOf(chosen),
  });
}

function headOf({ access, name, namespaces, subjects }: Chosen): readonly string[] {
  const { runbooks, goesOnIn } = access;
  const within = namespaces.length > 0 ? listed(namespaces) : 'every namespace';
  return [
    `The least that meshdoc ${version} asks for ${listed(runbooks)}. All of it reads: a port-forward takes "create".`,
    ...(goesOnIn.length > 0
      ? [
          `A finding may go on in ${listed(goesOnIn)}: what that asks is not in here unless it is named as well.`,
        ]
      : []),
    ...(subjects.length > 0
      ? [`Targets are looked for in ${within}.`]
      : [
          'To bind them: --user, --group or --serviceaccount, and -n for the namespaces of targets. By hand:',
          `  kubectl create rolebinding ${name} -n <namespace> --clusterrole=${name}-target --user=<name>`,
        ]),
    '',
  ];
}

/** `objects` is what `kubectl apply -f -` takes. */
function json(chosen: Chosen): string {
  const { access } = chosen;
  const document = {
    schema: 'meshdoc/access/v1',
    meshdoc: version,
    ...access,
    objects: {
      apiVersion: 'v1',
      kind: 'List',
      items: rolesOf(access.rules, chosen).map(objectOf),
    },
  };
  return `${jsonText(document, 2)}\n`;
}

/** What was typed, or what is wrong with it. */
function subjectsOf(raw: Raw): readonly Subject[] | string {
  const given = (key: string) => (Array.isArray(raw[key]) ? (raw[key] as string[]) : []);
  const named = [...given('user'), ...given('group')];
  if (named.some((name) => name === '' || /\p{Cc}/u.test(name)))
    return '--user and --group take a name on one line';
  const subjects: Subject[] = [
    ...given('user').map((name) => ({ kind: 'User', name }) as const),
    ...given('group').map((name) => ({ kind: 'Group', name }) as const),
  ];
  for (const text of given('serviceaccount')) {
    const [namespace = '', name = '', ...more] = text.split(':');
    if (!isName(namespace) || !isName(name) || more.length > 0)
      return `--serviceaccount "${text}": give its namespace and name, such as monitoring:meshdoc`;
    subjects.push({ kind: 'ServiceAccount', name, namespace });
  }
  return subjects;
}

function usage(says: string, io: Io): ExitCode {
  io.err(`meshdoc: ${says}\n`);
  return exitCodes.usage;
}

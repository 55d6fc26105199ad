// Which way imports may go, and who may do what. The table is in helpers/import-law.ts.
import { describe, expect, test } from 'vitest';
import { circles } from './helpers/circles.ts';
import { rooms, violations } from './helpers/import-law.ts';
import { readSources } from './helpers/sources.ts';

const sources = await readSources('src', 'runbooks');

test('the tree keeps the law', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.flatMap(violations)).toEqual([]);
});

test('no imports go in a circle', () => {
  expect(circles(sources)).toEqual([]);
});

test('every room has a file, so that no rule is about nothing', () => {
  const empty = rooms.filter((room) => !sources.some(({ path }) => room.files.test(path)));
  expect(empty.map((room) => room.name)).toEqual([]);
});

/** One planted violation a rule: path, code, and the sentence it must give. */
const planted: readonly (readonly [string, string, string])[] = [
  [
    'runbooks/istio/stale/stale.ts',
    "import { readFile } from 'node:fs';",
    'runbooks/istio/stale/stale.ts imports node:fs; runbooks may import only src/authoring.ts, src/facts, src/model, src/meshes and runbooks/shared',
  ],
  [
    'runbooks/istio/stale/stale.ts',
    "import { x } from '../oom/says.ts';",
    'runbooks/istio/stale/stale.ts imports runbooks/istio/oom/says.ts; runbooks may import only src/authoring.ts, src/facts, src/model, src/meshes and runbooks/shared',
  ],
  [
    'runbooks/istio/stale/stale.ts',
    "import type { Ports } from '../../../src/core/ports.ts';",
    'runbooks/istio/stale/stale.ts imports src/core/ports.ts; runbooks may import only src/authoring.ts, src/facts, src/model, src/meshes and runbooks/shared',
  ],
  [
    'src/core/x.ts',
    "import { sep } from 'node:path';",
    'src/core/x.ts imports node:path; core may import nothing but src/core',
  ],
  [
    'src/facts/kube/x.ts',
    "const e = await import('execa');",
    'src/facts/kube/x.ts imports execa; facts may import src/core, src/facts, src/model, src/meshes, valibot and semver',
  ],
  [
    'src/model/kube/x.ts',
    "import { pod, type Pod } from '../../facts/kube/pod.ts';",
    'src/model/kube/x.ts imports src/facts/kube/pod.ts; model may import src/core, src/model, types of src/facts, and semver',
  ],
  [
    'src/authoring.ts',
    "export { pod } from './facts/kube/pod.ts';",
    'src/authoring.ts imports src/facts/kube/pod.ts; authoring may import src/core',
  ],
  [
    'src/engine/x.ts',
    "import { pod } from '../facts/kube/pod.ts';",
    'src/engine/x.ts imports src/facts/kube/pod.ts; engine may import src/core',
  ],
  [
    'src/report/json.ts',
    "import ora from 'ora';",
    'src/report/json.ts imports ora; report may import src/core, src/meshes, picocolors, string-width and yaml',
  ],
  [
    'src/report/text.ts',
    "import ora from 'ora';",
    'src/report/text.ts imports ora; report/text may import src/core, picocolors, string-width and cli-table3',
  ],
  [
    'src/report/progress.ts',
    "import Table from 'cli-table3';",
    'src/report/progress.ts imports cli-table3; report/progress may import src/core, picocolors, string-width and ora',
  ],
  [
    'src/docs/render.ts',
    "import { readFileSync } from 'node:fs';",
    'src/docs/render.ts imports node:fs; docs may import src/core, src/meshes and src/access',
  ],
  [
    'src/access/yaml.ts',
    "import { stringify } from 'yaml';",
    'src/access/yaml.ts imports yaml; access may import src/core, src/meshes and src/facts/kube/input-needs.ts',
  ],
  [
    'src/docs/generate.ts',
    "import { guard } from '../guard/guard.ts';",
    'src/docs/generate.ts imports src/guard/guard.ts; docs scripts may import src/core, src/meshes, src/docs, src/registry.ts, src/cli, src/run, node:, yaml and typescript',
  ],
  [
    'src/doctor/x.ts',
    "import type { LiveOptions } from '../live/options.ts';",
    'src/doctor/x.ts imports src/live/options.ts; doctor may import src/core, src/facts, src/model, src/meshes, src/access, the rows of src/report and semver',
  ],
  [
    'src/guard/x.ts',
    "import { request } from 'node:http';",
    'src/guard/x.ts imports node:http; guard may import src/core, src/meshes, src/yaml, node:crypto and yaml',
  ],
  [
    'src/compare/x.ts',
    "import { line } from '../report/view.ts';",
    'src/compare/x.ts imports src/report/view.ts; compare may import src/core',
  ],
  [
    'src/config/x.ts',
    "import { readFile } from 'node:fs/promises';",
    'src/config/x.ts imports node:fs/promises; config may import src/core, src/meshes, src/yaml and valibot',
  ],
  [
    'src/ports/x.ts',
    "import { guard } from '../guard/guard.ts';",
    'src/ports/x.ts imports src/guard/guard.ts; ports may import src/core',
  ],
  [
    'src/live/x.ts',
    "import { guard } from '../guard/guard.ts';",
    'src/live/x.ts imports src/guard/guard.ts; live may import src/core, src/guard/raw.ts, src/meshes, src/yaml, src/disk/read.ts, node: and the libraries that speak to a cluster',
  ],
  [
    'src/snapshot/x.ts',
    "import { connect } from 'node:net';",
    'src/snapshot/x.ts imports node:net; snapshot may import src/core, src/guard/raw.ts, src/yaml, src/disk, parts of node:, yaml, tar and valibot',
  ],
  [
    'src/registry.ts',
    "import { parse } from 'yaml';",
    'src/registry.ts imports yaml; registry may import src/core and runbooks',
  ],
  [
    'src/triage/x.ts',
    "import MiniSearch from 'minisearch';",
    'src/triage/x.ts imports minisearch; triage may import src/core, src/facts, src/model, src/meshes, src/compare, src/report and src/symptoms.gen.ts',
  ],
  [
    'src/triage/search.ts',
    "import { pod } from '../facts/kube/pod.ts';",
    'src/triage/search.ts imports src/facts/kube/pod.ts; triage/search may import src/core, src/triage, src/symptoms.gen.ts, @leeoniya/ufuzzy and minisearch',
  ],
  [
    'src/cli/x.ts',
    "const { select } = await import('@clack/prompts');",
    'src/cli/x.ts imports @clack/prompts; only src/cli/prompts/clack.ts may',
  ],
  [
    'src/run/x.ts',
    "import { runOptions } from '../cli/options.ts';",
    'src/run/x.ts imports src/cli/options.ts; run may import every room of src but cli, triage, doctor, access, config and docs, and node:events',
  ],
  [
    'src/live/x.ts',
    "import { Command } from 'commander';",
    'src/live/x.ts imports commander; only src/cli may',
  ],
  [
    'src/cli/x.ts',
    "const { connect } = await import('../live/connect.ts');",
    'src/cli/x.ts imports src/live/connect.ts; only src/run/wire.ts may load live/ and snapshot/',
  ],
  [
    'src/run/diagnose-target.ts',
    "import { replay } from '../snapshot/replay.ts';",
    'src/run/diagnose-target.ts imports src/snapshot/replay.ts; only src/run/wire.ts may load live/ and snapshot/',
  ],
  [
    'src/facts/x.ts',
    "console.log('x');",
    'src/facts/x.ts uses console; only src/cli may write to a stream',
  ],
  [
    'src/cli/main.ts',
    'process.exit(1);',
    'src/cli/main.ts ends the process; only src/cli/io.ts may',
  ],
  [
    'src/report/x.ts',
    "process.stderr.write('x');",
    'src/report/x.ts has process.stderr; only src/cli/io.ts may, which has a door in front of it',
  ],
  ['src/live/x.ts', 'Raw.open(raw);', 'src/live/x.ts opens a Raw; only src/guard/guard.ts may'],
  [
    'src/engine/x.ts',
    "const name = 'istio-proxy';",
    'src/engine/x.ts names istio; a mesh is known by its record in src/meshes, and by name in its own folders alone',
  ],
  [
    'src/facts/kube/x.ts',
    "export const kind = 'CiliumEndpoint';",
    'src/facts/kube/x.ts names Cilium; a mesh is known by its record in src/meshes, and by name in its own folders alone',
  ],
  [
    'src/meshes/choices.ts',
    "import { linkerd } from './linkerd/linkerd.ts';",
    'src/meshes/choices.ts names linkerd; a mesh is known by its record in src/meshes, and by name in its own folders alone',
  ],
  ['src/new/x.ts', '', 'src/new/x.ts is in no room; give it one in test/helpers/import-law.ts'],
];

describe('each rule can fail', () => {
  test.each(planted)('%s: %s', (path, text, sentence) => {
    expect(violations({ path, text })).toContain(sentence);
  });

  test('a circle is told once, also one of types, of three files, and of a file alone', () => {
    const files = [
      { path: 'src/core/a.ts', text: "import { b } from './b.ts'; import './leaf.ts';" },
      { path: 'src/core/b.ts', text: "import type { A } from './a.ts';" },
      { path: 'src/live/x.ts', text: "export { y } from './y.ts';" },
      { path: 'src/live/y.ts', text: "const z = await import('./z.ts'); import '../core/a.ts';" },
      { path: 'src/live/z.ts', text: "type X = import('./x.ts').X;" },
      { path: 'src/live/own.ts', text: "import './own.ts';" },
      { path: 'src/core/leaf.ts', text: "import { z } from 'zod';" },
    ];
    const advice = 'move what both need to a third file';
    expect(circles(files)).toEqual([
      `src/core/a.ts -> src/core/b.ts -> src/core/a.ts: ${advice}`,
      `src/live/own.ts -> src/live/own.ts: ${advice}`,
      `src/live/x.ts -> src/live/y.ts -> src/live/z.ts -> src/live/x.ts: ${advice}`,
    ]);
  });

  test('and what is allowed passes', () => {
    const allowed = [
      ['src/cli/x.ts', "import type { Case } from '../snapshot/case.ts';"],
      ['src/run/wire.ts', "const { connect } = await import('../live/connect.ts');"],
      ['src/engine/x.ts', '// how istiod does it'],
      ['src/facts/linkerd/x.ts', "const name = 'linkerd-proxy';"],
      ['src/meshes/signs.ts', "import { sign as istio } from './istio/sign.ts';"],
      ['src/model/kube/x.ts', "import type { Pod } from '../../facts/kube/pod.ts';"],
      ['runbooks/istio/stale/stale.ts', "import { tell } from './says.ts';"],
      ['runbooks/istio/stale/judge/x.ts', "import { tell } from '../says.ts';"],
      ['runbooks/istio/stale/stale.ts', "import { x } from '../../shared/istio/x.ts';"],
    ] as const;
    expect(allowed.flatMap(([path, text]) => violations({ path, text }))).toEqual([]);
  });
});

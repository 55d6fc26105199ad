// A comparison in the formats of a diagnosis. Each is loaded on demand.
import type { Comparison } from '../core/comparison.ts';
import { jsonText } from '../core/text.ts';
import { comparisonDocument } from './compare-document.ts';
import { composeComparison } from './compare-outline.ts';
import { outcomeSays, sideSays, tallySays, changeSays } from './compare-words.ts';
import { fit, type Markup } from './fit.ts';
import { nextOf } from './next.ts';
import { run, shellBlock, type Room } from './outline.ts';
import { clip, oneLine } from './plain.ts';
import type { Style } from './style.ts';
import { grouped, line, shown } from './view.ts';

type ComparisonReport = (c: Comparison, style: Style) => string;

const base = { moments: 0, remedies: 40 };
const roomy: Room = {
  ...base,
  ...{ rows: 8, chars: 400, items: 20, prose: 1200, list: 40, script: 20_000 },
};
const rooms: readonly Room[] = [
  roomy,
  { ...base, rows: 4, chars: 200, items: 10, prose: 500, list: 12, script: 4000 },
  { ...base, rows: 2, chars: 120, items: 5, prose: 300, list: 5, script: 1000 },
  { ...base, rows: 1, chars: 80, items: 1, prose: 80, list: 2, script: 400 },
];
const note = 'Cut to fit here: meshdoc compare -o json has all of it.';

function pasted(limit: number, markup: Markup): ComparisonReport {
  return (c) =>
    fit(
      limit,
      rooms,
      (room) => composeComparison(c, room, (command, d) => run(command, d, room)),
      markup,
      note,
    );
}

export const comparisonFormats = {
  text: async () => {
    const { terminal } = await import('./text-markup.ts');
    const all = (style: Style): Room => ({
      ...roomy,
      ...(style.verbose ? { prose: 100_000, list: 1000 } : { prose: 360, list: 6 }),
    });
    return (c, style) => {
      const { must, may } = composeComparison(c, all(style), (command, d) =>
        shellBlock(command, line(command, d.about.reach)),
      );
      return terminal([...must, ...may], style);
    };
  },
  short: () => Promise.resolve(short),
  ticket: async () =>
    pasted((await import('./ticket.ts')).ticketLimit, (await import('./markdown.ts')).markdown),
  jira: async () =>
    pasted((await import('./jira.ts')).jiraLimit, (await import('./jira-markup.ts')).jiraMarkup),
  slack: async () =>
    pasted(
      (await import('./slack.ts')).slackLimit,
      (await import('./slack-markup.ts')).slackMarkup,
    ),
  html: async () => (await import('./compare-html.ts')).comparisonHtml,
  json: () => Promise.resolve((c) => `${jsonText(comparisonDocument(c), 2)}\n`),
  yaml: async () => {
    const { yamlText } = await import('./yaml-text.ts');
    return (c) => yamlText(comparisonDocument(c));
  },
} as const satisfies Record<string, () => Promise<ComparisonReport>>;

export type ComparisonFormat = keyof typeof comparisonFormats;

export async function renderComparison(
  format: ComparisonFormat,
  comparison: Comparison,
  style: Style,
): Promise<string> {
  const report: ComparisonReport = await comparisonFormats[format]();
  return report(comparison, style);
}

/** Four lines for a chat. */
const short: ComparisonReport = (c) => {
  const d = grouped(shown(c.pairs.flatMap(({ after }) => after ?? [])))[0]?.first;
  const next = d && nextOf(d);
  const [first, ...more] = d && next?.run ? line(next.run, d.about.reach).split('\n') : [];
  const paste = more.length > 0 ? 'see the full report' : first;
  const gravest = c.changes[0];
  const many = c.pairs.length > 1;
  const lines = [
    `Compared: ${outcomeSays(c)}. ${tallySays(c)}`,
    `Before: ${sideSays(c, 'before')}. After: ${sideSays(c, 'after')}`,
    ...(gravest ? [`First (${gravest.is}): ${clip(changeSays(gravest, many), 300)}`] : []),
    ...(next ? [`Do next: ${paste ? `${next.says}: ${paste}` : next.says}`] : []),
  ];
  return `${lines.map(oneLine).join('\n')}\n`;
};

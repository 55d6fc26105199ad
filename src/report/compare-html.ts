// A comparison as a page: what became of each finding, what is open, what next.
import type { Comparison } from '../core/comparison.ts';
import { composeComparison } from './compare-outline.ts';
import { htmlOf } from './html-markup.ts';
import { page, room, section } from './html-page.ts';
import { run } from './outline.ts';

export function comparisonHtml(c: Comparison): string {
  const { must, may } = composeComparison(c, room, (command, d) => run(command, d, room));
  const [title] = must.flatMap((block) => (block.is === 'title' ? [block.text] : []));
  return page(title ?? 'meshdoc compare', [htmlOf(must), section('What next', htmlOf(may))]);
}

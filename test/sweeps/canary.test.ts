// Secrets planted wherever the guard claims to see them: none gets out in any form.
import { describe, expect, test } from 'vitest';
import { formats, type Format } from '../../src/report/formats.ts';
import { record, type Recorder } from '../../src/snapshot/record.ts';
import { plant, plantedForms } from '../helpers/canary.ts';
import { printed, run } from '../helpers/scenarios.ts';
import { all, headOf } from './shared.ts';
import { shareOfEach } from '../helpers/share.ts';

describe('canary', () => {
  test.each(shareOfEach(all, 8, 1))(
    '$name: no secret gets out in any form',
    async ({ name, saved }) => {
      const planted = plant(saved);
      let recorder: Recorder | undefined;
      const ran = await run(name, planted, {
        safe: (ask) => {
          recorder = record(ask);
          return recorder.ask;
        },
      });
      const kept = JSON.stringify(recorder?.finish(headOf(saved)));
      const texts = await Promise.all(
        (Object.keys(formats) as Format[]).map((format) => printed(ran, format)),
      );
      const everything = [kept, ...texts, ...ran.bugs.map(String), JSON.stringify(ran.diagnoses)];
      expect(kept.length).toBeGreaterThan(200);
      for (const form of plantedForms) {
        expect(
          everything.filter((text) => text.includes(form)).map((t) => around(t, form)),
        ).toEqual([]);
      }
    },
  );

  test('and it was planted where it could be seen', () => {
    const seen = all.map(({ saved }) => JSON.stringify(plant(saved)));
    for (const form of plantedForms) {
      expect(
        seen.some((text) => text.includes(form)),
        form,
      ).toBe(true);
    }
  });

  function around(text: string, form: string): string {
    const at = text.indexOf(form);
    return text.slice(Math.max(0, at - 80), at + form.length);
  }
});

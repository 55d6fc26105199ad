import { expect, test } from 'vitest';
import { byText } from '../../src/core/by-text.ts';

test('the same text is worked out once, and what is oldest is forgotten', () => {
  const heard: string[] = [];
  const length = byText((text) => {
    heard.push(text);
    return text.length;
  }, 2);
  expect(['a', 'bb', 'a', 'ccc', 'bb', 'a'].map(length)).toEqual([1, 2, 1, 3, 2, 1]);
  expect(heard).toEqual(['a', 'bb', 'ccc', 'a']);
});

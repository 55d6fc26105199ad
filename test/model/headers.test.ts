// Headers as a person types them.
import { expect, test } from 'vitest';
import { readHeaders } from '../../src/model/headers.ts';

test('headers, as curl and as a flag write them', () => {
  expect(readHeaders(['X-Team=a', 'host: cart.shop', 'x-empty=', 'no header'])).toEqual({
    'x-team': 'a',
    host: 'cart.shop',
    'x-empty': '',
  });
});

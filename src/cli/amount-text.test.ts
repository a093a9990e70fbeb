import { expect, it } from 'vitest';
import { costText, tokensText } from './amount-text.ts';

it('tokens keep three figures and say their unit', () => {
  const check = (tokens: number, text: string): void => expect(tokensText(tokens)).toBe(text);
  check(0, '0');
  check(9_999, '9999');
  check(12_345, '12.3k');
  check(123_456, '123k');
  check(999_400, '999k');
  check(4_500_000, '4.5M');
  check(123_000_000, '123M');
});

it('money is exact where it is little', () => {
  const check = (cost: number, text: string): void => expect(costText(cost)).toBe(text);
  check(0, '$0');
  check(0.00421, '$0.0042');
  check(0.5, '$0.5000');
  check(12.345, '$12.35');
});

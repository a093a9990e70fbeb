import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatFloat, type FloatVerb } from './float-text.ts';

function check(title: string, cases: readonly (readonly [number, FloatVerb, number, string])[]): void {
  test(title, () => {
    for (const [value, verb, precision, wanted] of cases) {
      expect(formatFloat(value, verb, precision), `${value} %${verb} ${precision}`).toBe(wanted);
    }
  });
}

check('plain and exponential digits are those of Go', [
  [0.5, 'f', 0, '0'],
  [1.5, 'f', 0, '2'],
  [2.5, 'f', 0, '2'],
  [0.1, 'f', 20, '0.10000000000000000555'],
  [1e23, 'e', 3, '1.000e+23'],
  [1e23, 'f', -1, '100000000000000000000000'],
  [1.7976931348623157e308, 'e', 2, '1.80e+308'],
  [5e-324, 'g', -1, '5e-324'],
  [-0, 'f', 1, '-0.0'],
  [9.995, 'f', 2, '9.99'],
  [99999.5, 'g', 5, '1e+05'],
]);

check('the shortest form changes to exponents where Go does', [
  [100000, 'g', -1, '100000'],
  [1000000, 'g', -1, '1e+06'],
  [0.0001, 'g', -1, '0.0001'],
  [0.00001, 'g', -1, '1e-05'],
  [123456789, 'g', -1, '1.23456789e+08'],
  [0, 'g', 3, '0'],
]);

check('hexadecimal and binary exponents', [
  [1, 'x', -1, '0x1p+00'],
  [0.1, 'x', -1, '0x1.999999999999ap-04'],
  [-2.5, 'X', 2, '-0X1.40P+01'],
  [5e-324, 'x', -1, '0x1p-1074'],
  [1, 'b', -1, '4503599627370496p-52'],
  [0, 'b', -1, '0p-1074'],
  [Number.POSITIVE_INFINITY, 'g', -1, '+Inf'],
  [Number.NaN, 'f', 2, 'NaN'],
]);

test('what is written with all its digits reads back as the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
      (['e', 'f', 'g'] as const).every((verb) => Object.is(Number(formatFloat(value, verb, -1)), value)),
    ),
  );
});

test('rounding is to the nearest, so seventeen digits always suffice', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
      Object.is(Number(formatFloat(value, 'e', 16)), value),
    ),
  );
});

// The functions that round numbers.

import { Failure } from './budget.ts';
import { declareFunction } from './callable.ts';

export const numberFunctions = [
  declareFunction({
    name: 'round',
    parameters: { number: 'number', digits: 'number?' },
    returns: 'number',
    description: 'The nearest whole number, or the nearest with `digits` decimal places; a half goes up.',
    example: 'round(12.345, 2)',
    run: ({ number, digits }) => toDigits(number, digits, Math.round),
  }),
  declareFunction({
    name: 'floor',
    parameters: { number: 'number', digits: 'number?' },
    returns: 'number',
    description: 'The next smaller whole number, or with `digits` decimal places.',
    example: 'floor(12.9)',
    run: ({ number, digits }) => toDigits(number, digits, Math.floor),
  }),
  declareFunction({
    name: 'ceil',
    parameters: { number: 'number', digits: 'number?' },
    returns: 'number',
    description: 'The next larger whole number, or with `digits` decimal places.',
    example: 'ceil(12.1)',
    run: ({ number, digits }) => toDigits(number, digits, Math.ceil),
  }),
];

/** Moves the decimal point in the written form, because 1.005 × 100 is not 100.5. */
function toDigits(number: number, digits: number | undefined, cut: (number: number) => number): number {
  if (digits === undefined || digits === 0) return cut(number);
  if (!Number.isInteger(digits) || digits < 0 || digits > 15) throw new Failure('takes 0 to 15 digits');
  return shift(cut(shift(number, digits)), -digits);
}

function shift(number: number, places: number): number {
  const [digits = '0', exponent = '0'] = String(number).split('e');
  return Number(`${digits}e${Number(exponent) + places}`);
}

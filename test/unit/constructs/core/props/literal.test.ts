import { literal } from '../../../../../constructs/src/core';

describe('literal', () => {
  it.each([
    ['nothing to escape', 'nothing to escape'],
    ['${{ github.sha }}', '$${{ github.sha }}'],
    ['%{ if true }', '%%{ if true }'],
    ['"${digests[@]}" costs $5', '"$${digests[@]}" costs $5'],
  ])('writes %s as the engine reads it back', (text, written) => {
    expect(literal(text)).toBe(written);
  });
});

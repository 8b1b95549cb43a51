import { compareCors } from '../../../../cli/src/plan/rules/api/cors';

const CORS = {
  origins: ['https://a.example.com'],
  headers: ['authorization'],
  credentials: false,
  maxAgeSeconds: 600,
};
const said = (...change: Parameters<typeof compareCors>): string[] =>
  compareCors(...change).map(({ grade, sentence }) => `${grade}: ${sentence}`);

describe('a change of who may call with a browser', () => {
  test('is nothing where nothing changes', () => {
    expect(said(undefined, undefined)).toEqual([]);
    expect(said(CORS, { ...CORS })).toEqual([]);
  });

  test('is a danger where more pages may, or cookies come along', () => {
    expect(said(undefined, { ...CORS, credentials: true })).toEqual([
      'danger: pages of https://a.example.com may call it',
      'danger: browsers send cookies along to pages of other origins',
    ]);
    expect(said(CORS, { ...CORS, origins: ['*'] })).toEqual([
      'danger: pages of every origin may call it',
      'notice: pages of https://a.example.com may no longer call it',
    ]);
  });

  test('is told in any other case, too', () => {
    expect(said({ ...CORS, credentials: true }, undefined)).toEqual([
      'notice: pages of https://a.example.com may no longer call it',
      'notice: browsers no longer send cookies along to other origins',
    ]);
    expect(said(CORS, { ...CORS, headers: [], maxAgeSeconds: 3_600 })).toEqual([
      'notice: pages may set no header',
      'notice: browsers remember what is allowed for 10m → 1h',
    ]);
  });
});

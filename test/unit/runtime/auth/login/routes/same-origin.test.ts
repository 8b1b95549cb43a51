import type { Request } from 'express';
import { isFromHere } from '../../../../../../runtime/src/auth/login/routes/same-origin';

const ORIGIN = 'https://app.example.com';
const ask = (method: string, headers: Record<string, string>): boolean =>
  isFromHere({ method, headers } as unknown as Request, ORIGIN);

it.each<[string, boolean, Record<string, string>]>([
  ['POST', true, { 'sec-fetch-site': 'same-origin' }],
  // A page with `Referrer-Policy: no-referrer` sends its forms so.
  ['POST', true, { 'sec-fetch-site': 'same-origin', origin: 'null' }],
  ['POST', false, { 'sec-fetch-site': 'same-site', origin: 'https://blog.example.com' }],
  ['POST', false, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['POST', false, { 'sec-fetch-site': 'cross-site', origin: ORIGIN }],
  ['POST', false, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ['POST', false, { 'sec-fetch-site': 'none' }],
  ['POST', false, { 'sec-fetch-site': 'SAME-ORIGIN' }],
  ['POST', false, {}],
  ['POST', true, { origin: ORIGIN }],
  ['POST', false, { origin: 'null' }],
  ['POST', false, { origin: 'http://app.example.com' }],
  ['POST', false, { origin: 'https://app.example.com.evil.example' }],
  ['DELETE', false, { 'sec-fetch-site': 'cross-site' }],
  ['PROPFIND', false, {}],
  ['GET', true, {}],
  ['GET', true, { 'sec-fetch-site': 'same-origin' }],
  ['GET', true, { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
  ['GET', true, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ['GET', false, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ['GET', false, { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
  ['HEAD', true, {}],
])('%s is let in: %s, with %j', (method, expected, headers) => {
  expect(ask(method, headers)).toBe(expected);
});

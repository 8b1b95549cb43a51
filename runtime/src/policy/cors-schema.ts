/** What a policy may say of pages of other origins. */
import { z } from 'zod';
import { ANY_ORIGIN } from './cors';
import { expected, objectOf } from './expected';
import { isHttpsOrLoopback } from './loopback';
import { durationSchema, flag } from './shapes';

const AN_ORIGIN =
  'an origin as browsers send it, such as "https://app.example.com": https (http only on loopback), lower case, no path';

const origin = z.string(expected(AN_ORIGIN)).superRefine((text, context) => {
  if (text === ANY_ORIGIN) return;
  const remedy = text.includes('*')
    ? 'wildcards within an origin are not known: name each origin'
    : expected(AN_ORIGIN).error({ input: text });
  const isOrigin =
    !text.includes('*') && URL.canParse(text) && new URL(text).origin === text && isHttpsOrLoopback(text);
  if (!isOrigin) context.addIssue({ code: 'custom', message: remedy });
});

/** RFC 9110 §5.6.2, a token. */
const aHeader = expected('the name of a header such as "x-request-id"; "*" does not cover Authorization');
const headerName = z
  .string(aHeader)
  .regex(/^[!#$%&'+.^_`|~\w-]+$/, aHeader)
  .toLowerCase();

/** Chromium remembers an answer for two hours, Firefox and API Gateway for a day at most. */
const LONGEST_SECONDS = 86_400;

export const corsSchema = objectOf(
  {
    /** Whose pages may call. `['*']`: those of every origin. */
    origins: z
      .array(origin, expected("a list of origins such as ['https://app.example.com']"))
      .min(1, 'expected at least one origin; without `cors` there is none'),
    /** Request headers that pages may set. @default authorization, content-type */
    headers: z
      .array(headerName, expected("a list of headers such as ['authorization']"))
      .default(['authorization', 'content-type']),
    /** Whether browsers send cookies along, as sessions of `login()` need. @default false */
    credentials: flag.default(false),
    /** How long a browser may remember what is allowed. @default '10m' */
    maxAge: durationSchema
      .refine((seconds) => seconds <= LONGEST_SECONDS, 'expected one day at most')
      .default(600),
  },
  "cross-origin settings such as { origins: ['https://app.example.com'] }",
).superRefine(({ origins, credentials }, context) => {
  const issue = (path: string[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  if (origins.includes(ANY_ORIGIN) && origins.length > 1)
    issue(['origins'], 'received "*" beside others: it stands for every origin; keep one or the other');
  if (origins.includes(ANY_ORIGIN) && credentials)
    issue(
      ['credentials'],
      'received true with the origin "*": every page could act as its visitor; name the origins',
    );
  if (new Set(origins).size < origins.length) issue(['origins'], 'an origin appears twice; keep one');
});

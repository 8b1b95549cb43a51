/**
 * What AWS has room for in an authorizer's answer. Documentation: "Output from an API Gateway Lambda authorizer" (512
 * characters for a resource's ARN) and "Lambda quotas" (6 MB for an answer). The 8 KB of "Quotas for configuring and
 * running a WebSocket API" are for that kind of API, which no policy describes.
 */
import type { Problem, Route } from '../policy';
import { resourcesOf } from './resources';

const LONGEST_ARN = 512;
const LARGEST_ANSWER_BYTES = 6_291_556;

/** What comes before `GET/path` at most: the longest partition and region, and the longest name of a stage. */
const LONGEST_PREFIX =
  'arn:aws-us-gov:execute-api:ap-southeast-1:123456789012:abcdefghij/'.length + 128 + '/'.length;

/** The rest of an answer: who is calling, which a token of 16 KB says, each character escaped. */
const REST_BYTES = 128 * 1_024;
/** Around each ARN: quotes and a comma. */
const QUOTES = 3;

/** What does not fit, for the token with the longest answer: no route is in it twice. */
export function gatewayLimits(routes: readonly Route[]): Problem[] {
  const lengths = routes.map((route) => resourcesOf(route).map(({ length }) => LONGEST_PREFIX + length));
  const bytes = REST_BYTES + lengths.flat().reduce((sum, length) => sum + length + QUOTES, 0);
  return [
    ...lengths.flatMap((own, index) => tooLong(Math.max(...own), index)),
    ...(bytes > LARGEST_ANSWER_BYTES
      ? [
          {
            path: 'routes',
            message:
              `need up to ${bytes} bytes in the authorizer’s answer, Lambda returns at most ` +
              `${LARGEST_ANSWER_BYTES}; make it several APIs`,
          },
        ]
      : []),
  ];
}

function tooLong(length: number, index: number): Problem[] {
  if (length <= LONGEST_ARN) return [];
  const message =
    `needs up to ${length} characters in the authorizer’s answer, API Gateway takes ${LONGEST_ARN}; ` +
    `shorten it by ${length - LONGEST_ARN}`;
  return [{ path: `routes[${index}].path`, message }];
}

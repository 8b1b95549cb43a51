import type { Request, RequestHandler } from 'express';
import { RateLimiterRes, type RateLimiterRedis } from 'rate-limiter-flexible';

/** rate-limiter-flexible is no middleware: this is the one of its documentation, headers included. */
export function flexible(
  chargedTo: (req: Request) => { readonly limiter: RateLimiterRedis; readonly key: string },
): RequestHandler {
  return (req, res, next) => {
    const { limiter, key } = chargedTo(req);
    const describe = (result: RateLimiterRes): void => {
      res.setHeader('X-RateLimit-Limit', limiter.points);
      res.setHeader('X-RateLimit-Remaining', result.remainingPoints);
      res.setHeader('X-RateLimit-Reset', Math.ceil((Date.now() + result.msBeforeNext) / 1_000));
    };
    limiter.consume(key).then(
      (result) => {
        describe(result);
        next();
      },
      (refusal: unknown) => {
        if (!(refusal instanceof RateLimiterRes)) {
          next(refusal);
          return;
        }
        describe(refusal);
        res.setHeader('Retry-After', Math.ceil(refusal.msBeforeNext / 1_000));
        res.status(429).json({ error: 'rate_limit_exceeded' });
      },
    );
  };
}

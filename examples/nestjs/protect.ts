import { Catch, Injectable } from '@nestjs/common';
import type { ArgumentsHost, CanActivate, ExceptionFilter, ExecutionContext } from '@nestjs/common';
import { answerTo } from '@portcullis/runtime';
import type { Answer, AuthContext, RateLimiter, Verifier } from '@portcullis/runtime';
import type { Request, Response } from 'express';

/** `caller` is nobody, on a public route. */
export type Protected = Request & { caller?: AuthContext | undefined };

class Refused extends Error {
  constructor(readonly answer: Answer) {
    super('refused');
  }
}

/** Holds every request of an app to the policy: 401, 429 and 403, in this order. */
@Injectable()
export class PolicyGuard implements CanActivate {
  constructor(
    private readonly verifier: Verifier,
    private readonly limiter: RateLimiter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<Protected>();
    try {
      const caller = (request.caller = await this.verifier.authenticate(request.headers, request));
      if (caller !== undefined) {
        const consumed = await this.limiter.consume({
          client: caller,
          route: this.verifier.routeOf(request),
        });
        context.switchToHttp().getResponse<Response>().set(consumed.headers);
        const refused = consumed.answer(request.headers);
        if (refused !== undefined) throw new Refused(refused);
      }
      this.verifier.enforce(caller, request);
      return true;
    } catch (error) {
      const refused = answerTo(error, request.headers);
      throw refused === undefined ? error : new Refused(refused);
    }
  }
}

@Catch(Refused)
export class RefusalFilter implements ExceptionFilter<Refused> {
  catch({ answer }: Refused, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    response.status(answer.status).set(answer.headers).end(answer.body);
  }
}

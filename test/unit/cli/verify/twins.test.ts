/** An honest API and its sabotaged twins: each fault is found, and nothing else is said to deviate. */
import type { Result } from '../../../../cli/src/verify/checks';
import { judge } from '../../../../cli/src/verify/judge/judge';
import { renderJson } from '../../../../cli/src/verify/report/json';
import { renderJunit } from '../../../../cli/src/verify/report/junit';
import { renderSarif } from '../../../../cli/src/verify/report/sarif';
import { renderTable } from '../../../../cli/src/verify/report/table';
import { settingsOf, type Wanted } from '../../../../cli/src/verify/settings';
import { verify, type Forecast } from '../../../../cli/src/verify/verify';
import { policy, startTwin, type Twin } from '../../../support/verify/api';
import { SECRET, startTokenIssuer, type TokenIssuer } from '../../../support/verify/issuer';
import { SABOTAGED } from './twins';

let issuer: TokenIssuer;
let expired: string;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  expired = await issuer.expired('pro');
});

afterAll(() => issuer.stop());

/** A busy machine takes its time. */
const PATIENCE_MS = 120_000;

const ORDER = 'GET /api/orders/:id';

const clients = Object.fromEntries(
  ['free', 'pro'].map((tier) => [tier, { clientId: `verify-${tier}`, secretVariable: 'CLIENT_SECRET' }]),
);

async function look(
  twin: Twin = {},
  wanted: Partial<Wanted> = { unsafe: true },
  announce?: (forecast: Forecast) => void,
): Promise<readonly Result[]> {
  const running = await startTwin(issuer, twin);
  try {
    const staging = {
      issuer: issuer.url,
      verify: {
        clients,
        examples: { [ORDER]: { id: '1' } },
        pairs: [{ route: ORDER, tier: 'pro', own: { id: '1' }, other: { id: '2' } }],
        expiredTokenVariable: 'EXPIRED',
      },
    };
    const settings = settingsOf(
      { policy, environments: { staging } },
      { environment: 'staging', ...wanted },
      { CLIENT_SECRET: SECRET, EXPIRED: expired },
    );
    return await verify(policy, new URL(running.url), settings, announce, PATIENCE_MS);
  } finally {
    await running.stop();
  }
}

const of = (results: readonly Result[], wanted: Result['outcome']): Result[] =>
  results.filter(({ outcome }) => outcome === wanted);

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** What gateways of AWS answer to who brings no token, as AWS documents them. */
const GATEWAYS: Readonly<Record<string, (path: string) => Refusal | undefined>> = {
  'an HTTP API': (path) => {
    if (isPublic(path)) return undefined;
    const headers = { 'apigw-requestid': 'Zx1=' };
    return path.startsWith('/api/')
      ? {
          status: 401,
          headers: { ...headers, 'www-authenticate': 'Bearer' },
          body: { message: 'Unauthorized' },
        }
      : { status: 404, headers, body: { message: 'Not Found' } };
  },
  'a REST API': (path) =>
    isPublic(path)
      ? undefined
      : {
          status: 401,
          headers: {
            'x-amzn-errortype': 'UnauthorizedException',
            'www-authenticate': 'Bearer realm="api"',
            'cache-control': 'no-store',
            'x-content-type-options': 'nosniff',
          },
          body: { error: 'unauthorized', message: 'Missing or invalid Authorization header' },
        },
};

const isPublic = (path: string): boolean =>
  policy.routes.some((route) => route.public && route.path === path.toLowerCase().replace(/\/$/, ''));

it('an honest API is verified whole: nothing deviates, and nothing is left out', async () => {
  const results = await look();
  expect([...of(results, 'deviates'), ...of(results, 'unverified')]).toEqual([]);
  expect(results.length).toBeGreaterThan(100);
});

it.each(Object.entries(GATEWAYS))(
  'behind %s, which refuses by itself, it is verified as well',
  async (_, gateway) => {
    let refused = 0;
    const results = await look({
      first: (app) =>
        app.use((req, res, next) => {
          const answer =
            req.headers.authorization === undefined && req.method !== 'OPTIONS' && gateway(req.path);
          if (answer === false || answer === undefined) {
            next();
            return;
          }
          refused += 1;
          res.removeHeader('X-Content-Type-Options');
          res.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
          res.end(req.method === 'HEAD' ? undefined : JSON.stringify(answer.body));
        }),
    });
    expect(of(results, 'deviates')).toEqual([]);
    expect(refused).toBeGreaterThan(20);
  },
);

describe('of a twin that is sabotaged, the fault is found and nothing else', () => {
  it.each(Object.entries(SABOTAGED))('%s', async (_, { found, ...twin }) => {
    const deviating = of(await look(twin), 'deviates');
    const checks = [...new Set(deviating.map(({ check }) => check))];
    expect({ checks, deviating }).toMatchObject({ checks: Object.keys(found) });
    for (const [check, subjects] of Object.entries(found)) {
      const named = deviating.filter((one) => one.check === check).map(({ subject }) => subject);
      if (subjects !== 'somewhere') expect([...new Set(named)]).toEqual(subjects);
    }
  });

  it('there are thirty of them, and more', () => {
    expect(Object.keys(SABOTAGED).length).toBeGreaterThan(50);
  });
});

it('no report holds a secret or a token, not even one that an answer repeats', async () => {
  const results = await look(SABOTAGED['a challenge repeats the token']);
  const reports = [
    renderTable(results, (_, text) => text),
    renderJson(results),
    renderSarif(results, 'portcullis.config.ts'),
    renderJunit(results),
  ];
  for (const report of reports) {
    expect(report).toContain('repeats the credentials that it was sent');
    expect(report).not.toContain(SECRET);
    expect(report).not.toMatch(/ey[\w-]{20}/);
  }
});

it('with --read-only, nothing else than GET, HEAD and OPTIONS arrives', async () => {
  const methods = new Set<string>();
  const results = await look(
    {
      first: (app) =>
        app.use((req, _res, next) => {
          methods.add(req.method);
          next();
        }),
    },
    { readOnly: true },
  );
  expect([...methods].sort()).toEqual(['GET', 'HEAD', 'OPTIONS']);
  expect(of(results, 'deviates')).toEqual([]);
  expect(new Set(of(results, 'unverified').map(({ subject }) => subject))).toEqual(
    new Set(['POST /api/orders']),
  );
});

it('without --unsafe, what acts is sent only where the policy refuses it', async () => {
  let served = 0;
  const results = await look(
    {
      first: (app) =>
        app.post('/api/orders', (_req, res, next) => {
          res.on('finish', () => (served += res.statusCode < 400 ? 1 : 0));
          next();
        }),
    },
    {},
  );
  expect(served).toBe(0);
  expect(of(results, 'unverified')).toEqual([
    expect.objectContaining({ check: 'let-in', subject: 'POST /api/orders' }) as Result,
  ]);
});

it('says before it begins how many requests there are, and how long they take', async () => {
  const forecasts: Forecast[] = [];
  await look({}, {}, (forecast) => forecasts.push(forecast));
  expect(forecasts).toEqual([{ requests: expect.any(Number) as number, seconds: 0 }]);
});

it('whether TLS 1.1 is spoken is not verified where no answer came in time', () => {
  const of = (speaksOld: boolean | undefined): unknown =>
    judge(policy, { exchanges: [], omitted: [], tls: { version: 'TLSv1.3', speaksOld } }).at(-1)?.outcome;
  expect([of(false), of(true), of(undefined)]).toEqual(['verified', 'deviates', 'unverified']);
});

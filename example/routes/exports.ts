import { Router } from 'express';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Database } from '../database';
import { organisationOf } from '../organisation';

/** The newest key, then the one before it for a while after its replacement. */
export type SigningKeys = () => readonly [string, ...string[]];

/** How long a link is good, in seconds. */
export const LINK_SECONDS = 300;
/** A `typ` of its own: an access token can never be taken for a link, nor a link for an access token (RFC 8725 §3.11). */
const LINK_TYPE = 'export+jwt';

const linkClaims = z.object({ sub: z.string(), asOf: z.iso.datetime() });

interface BookingRow {
  id: string;
  account: string;
  amount_cents: string;
  currency: string;
  description: string;
  created_at: Date;
}

/**
 * `POST /api/transactions/export` answers with a link that is good for {@link LINK_SECONDS}. The newest `jwt_signing_key`
 * signs the link and its expiry. `GET /api/exports/:link` serves the bookings as CSV, to the same organisation only.
 */
export function exports(database: Database, signingKeys: SigningKeys): Router {
  const encode = (key: string): Uint8Array => new TextEncoder().encode(key);
  const router = Router();

  router.post('/api/transactions/export', async (req, res) => {
    const organisation = organisationOf(req);
    const { rows } = await database.query<{ count: string; asOf: Date }>(
      `select count(*), now() as "asOf" from transactions where org_id = $1`,
      [organisation],
    );
    const [{ count, asOf } = { count: '0', asOf: new Date() }] = rows;
    const expiresAt = new Date((Math.floor(Date.now() / 1_000) + LINK_SECONDS) * 1_000);
    const link = await new SignJWT({ asOf: asOf.toISOString() })
      .setProtectedHeader({ alg: 'HS256', typ: LINK_TYPE })
      .setSubject(organisation)
      .setExpirationTime(expiresAt)
      .sign(encode(signingKeys()[0]));
    res
      .status(201)
      .json({ url: `/api/exports/${link}`, expiresAt: expiresAt.toISOString(), transactions: Number(count) });
  });

  router.get('/api/exports/:link', async (req, res) => {
    const claims = await readLink(req.params.link, signingKeys().map(encode));
    if (claims?.sub !== organisationOf(req)) {
      res
        .status(404)
        .json({ error: 'not_found', message: 'This export link is not valid any more, or not yours.' });
      return;
    }
    const { rows } = await database.query<BookingRow>(
      `select id, account, amount_cents, currency, description, created_at from transactions
       where org_id = $1 and created_at <= $2 order by id`,
      [claims.sub, claims.asOf],
    );
    res.type('text/csv').attachment('transactions.csv').send(toCsv(rows));
  });

  return router;
}

/** Links outlive a change of the key: the key before verifies too. */
async function readLink(
  link: string,
  keys: readonly Uint8Array[],
): Promise<z.output<typeof linkClaims> | undefined> {
  const read = await Promise.all(keys.map((key) => readWith(link, key)));
  return read.find((claims) => claims !== undefined);
}

async function readWith(link: string, key: Uint8Array): Promise<z.output<typeof linkClaims> | undefined> {
  try {
    const { payload } = await jwtVerify(link, key, {
      algorithms: ['HS256'],
      typ: LINK_TYPE,
      requiredClaims: ['exp'],
    });
    return linkClaims.parse(payload);
  } catch {
    return undefined;
  }
}

function toCsv(rows: readonly BookingRow[]): string {
  const lines = rows.map((row) =>
    [
      row.id,
      row.account,
      row.amount_cents,
      row.currency,
      csvText(row.description),
      row.created_at.toISOString(),
    ].join(','),
  );
  return ['id,account,amount_cents,currency,description,created_at', ...lines, ''].join('\r\n');
}

/** Quoted (RFC 4180), and never a formula when a spreadsheet opens it. */
function csvText(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""')}"`;
}

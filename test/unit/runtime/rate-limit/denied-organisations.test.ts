import { DeniedOrganisations } from '../../../../runtime/src/rate-limit/report/denied-organisations';

const ISSUER = 'https://issuer.example.com';

describe('denials by organisation', () => {
  test('are counted until they are taken', () => {
    const denied = new DeniedOrganisations();
    expect(denied.isEmpty).toBe(true);
    for (const name of ['acme', 'globex', 'acme']) denied.note(ISSUER, name);
    expect(denied.take()).toEqual({ by: { [`${ISSUER} acme`]: 2, [`${ISSUER} globex`]: 1 }, others: 0 });
    expect(denied.isEmpty).toBe(true);
  });

  test('are bounded, whoever calls: what comes beyond is counted together', () => {
    const denied = new DeniedOrganisations();
    for (let n = 0; n < 1_000; n += 1) denied.note(ISSUER, `org-${n}`);
    denied.note(ISSUER, 'org-0');
    denied.note(ISSUER, 'x'.repeat(257));
    const { by, others } = denied.take();
    expect(Object.keys(by)).toHaveLength(200);
    expect(by[`${ISSUER} org-0`]).toBe(2);
    expect(others).toBe(801);
  });

  test('that could not be told are counted again, within the bound', () => {
    const denied = new DeniedOrganisations();
    denied.note(ISSUER, 'acme');
    const taken = denied.take();
    for (let n = 0; n < 200; n += 1) denied.note(ISSUER, `org-${n}`);
    denied.putBack(taken);
    expect(denied.take()).toMatchObject({ others: 1 });
    denied.note(ISSUER, 'acme');
    denied.putBack(taken);
    expect(denied.take().by).toEqual({ [`${ISSUER} acme`]: 2 });
  });

  test('of a name that is no well-formed text can be written down', () => {
    const denied = new DeniedOrganisations();
    denied.note(ISSUER, '\ud800');
    expect(Object.keys(denied.take().by)).toEqual([`${ISSUER} \ufffd`]);
  });
});

import { KeycloakDouble } from '../../../support/identity/keycloak-double';

it('shows what the server says without a character that moves a cursor, and not without end', async () => {
  const server = new KeycloakDouble();
  const admin = await server.start();
  server.refusal = {
    error_description: `\u001b[2J\u009b8meverything is as it has to be${'!'.repeat(9_999)}`,
  };
  try {
    const error: unknown = await admin.read('/fintech-api').catch((one: unknown) => one);
    const { message } = error as Error;
    expect(error).toMatchObject({ code: 'ERR_KEYCLOAK_REFUSED', status: 400 });
    expect(message).toContain('?[2J?8meverything');
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message.length).toBeLessThan(1_000);
  } finally {
    await server.stop();
  }
});

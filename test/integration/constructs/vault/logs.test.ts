/** What an auditor relies on, on a real server: two audit devices, and pseudonyms that are resolved for a reason only. */
import {
  AuditRequired,
  AUDIT_COUNT_RULE,
  PseudonymKey,
  SupportAccess,
  policyDocument,
} from '@portcullis/constructs';
import type { TerraformStack } from 'cdktf';
import { readFile } from 'node:fs/promises';
import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { EngineCache } from '../../../../cli/src/engines/install/cache';
import { Run } from '../../../../cli/src/engines/process/run';
import { findOpenBao } from '../../../../cli/src/engines/programs/openbao';
import { startOpenBao } from '../../../../cli/src/local/servers/openbao';
import { resolve } from '../../../../cli/src/whois/command';
import config from '../../../../portcullis.config';
import { policy } from '../../../../policy';
import { TransitPseudonyms } from '../../../../runtime/src/secrets/transit/pseudonyms';
import { systemClock } from '../../../../runtime/src/time/clock';
import { vaultNamesOf } from '../../../../vault-names';
import { useAppliedStack } from '../../applied-stack';

const applied = useAppliedStack();

/** A client whose token has these policies alone. */
async function clientWith(...policies: string[]): Promise<VaultClient> {
  const { admin, vault } = applied();
  const { auth } = await admin.write('auth/token/create', { policies, no_default_policy: true, ttl: '10m' });
  return new VaultClient(vault.address, auth?.client_token);
}

describe('AuditRequired', () => {
  const required = (stack: TerraformStack): AuditRequired => new AuditRequired(stack, 'audit-required');

  it('lets a deploy pass on a server with two devices, to a token that may count them and no more', async () => {
    const { admin, vault } = applied();
    const self = {
      path: 'auth/token/lookup-self',
      capabilities: ['read'],
      reason: 'the provider asks',
    } as const;
    await admin.write('sys/policies/acl/counts', { policy: policyDocument([AUDIT_COUNT_RULE, self]) });
    const policies = ['counts'];
    const { auth } = await admin.write('auth/token/create', {
      policies,
      no_default_policy: true,
      ttl: '10m',
    });
    await applied().synthesize(required);
    const { code, output } = await applied().apply({
      VAULT_TOKEN: auth?.client_token,
      TERRAFORM_VAULT_SKIP_CHILD_TOKEN: 'true',
    });
    expect(output).toContain('Apply complete');
    expect(code).toBe(0);
    const counting = new VaultClient(vault.address, auth?.client_token);
    await expect(counting.write('sys/audit/third', { type: 'file' })).rejects.toThrow('403');
    await expect(counting.remove('sys/audit/audit-1')).rejects.toThrow('403');
  });

  it('fails it on a server with one, and says what to do', async () => {
    const run = await Run.open();
    try {
      const binary = await findOpenBao({ run, cache: new EngineCache(), note: () => undefined });
      const more = `audit "file" "only" { options { file_path = "${run.folder}/only.log" } }`;
      const one = await startOpenBao(run, { binary, audited: false, more });
      await applied().synthesize(required);
      const { code, output } = await applied().apply({ VAULT_ADDR: one.address, VAULT_TOKEN: one.rootToken });
      expect(code).toBe(1);
      expect(output).toContain('sys/audit has fewer than 2 audit devices');
    } finally {
      await run.close();
    }
  });
});

describe('a pseudonym', () => {
  const { pseudonymKey: name } = vaultNamesOf(policy);
  const ALICE = { issuer: 'https://auth.example.com', subject: 'alice of accounts' };

  beforeAll(async () => {
    await applied().synthesize((stack) => {
      const key = new PseudonymKey(stack, 'subjects', { name, preventDestroy: false });
      key.grantNaming(new SupportAccess(stack, 'service', { name: 'names' }));
      key.grantResolving(new SupportAccess(stack, 'whois', { name: 'resolves' }));
    });
    const { code, output } = await applied().apply();
    if (code !== 0) throw new Error(output);
  });

  /** What a service would call people, by a token that may do nothing else. */
  async function pseudonyms(): Promise<TransitPseudonyms> {
    const client = await clientWith('names');
    return new TransitPseudonyms({
      access: {
        request: async ({ path, body }) => ({
          body: await client.write(path, body),
          session: undefined as never,
        }),
      },
      clock: systemClock,
      emit: () => undefined,
      key: `pseudonyms/${name}`,
    });
  }

  it('is the same on every instance, for the same person of the same issuer', async () => {
    const [one, another] = [await pseudonyms(), await pseudonyms()];
    const pseudonym = await one.of(ALICE);
    await expect(another.of(ALICE)).resolves.toBe(pseudonym);
    await expect(another.of({ ...ALICE, issuer: 'https://other.example.com' })).resolves.not.toBe(pseudonym);
  });

  it('is resolved for a reason, which stands in the audit log beside the request, and the person does not', async () => {
    const pseudonym = await (await pseudonyms()).of(ALICE);
    const whois = await clientWith('resolves');
    await expect(resolve(whois, pseudonym, 'ticket 4711: refund', config.vault)).resolves.toEqual(ALICE);
    const audit = await readFile(applied().vault.auditFiles[0], 'utf8');
    const entries = audit
      .split('\n')
      .filter(Boolean)
      .map(
        (line) =>
          JSON.parse(line) as { type: string; request: { path: string; data?: Record<string, string> } },
      );
    const asked = entries.filter(({ request }) => request.path === `pseudonyms/decrypt/${name}`);
    expect(asked.map(({ request }) => request.data?.reason)).toEqual([
      'ticket 4711: refund',
      'ticket 4711: refund',
    ]);
    expect(asked[0]?.request.data?.ciphertext).toMatch(/^hmac-sha256:/);
    expect(audit).not.toContain('alice');
    expect(audit).not.toContain(Buffer.from(`${ALICE.issuer} ${ALICE.subject}`).toString('base64'));
  });

  it('is resolved by nobody without a reason, by no service, and not in bulk', async () => {
    const pseudonym = await (await pseudonyms()).of(ALICE);
    const path = `pseudonyms/decrypt/${name}`;
    const context = Buffer.from('subject').toString('base64');
    const whois = await clientWith('resolves');
    await expect(whois.write(path, { ciphertext: pseudonym, context })).rejects.toThrow('403');
    const batch_input = [{ ciphertext: pseudonym, context }];
    await expect(whois.write(path, { batch_input, reason: 'all of them' })).rejects.toThrow('403');
    await expect(resolve(await clientWith('names'), pseudonym, 'curious', config.vault)).rejects.toThrow(
      '403',
    );
    await expect(whois.read(`pseudonyms/export/encryption-key/${name}`)).rejects.toThrow('403');
  });

  it('is another one after a rotation, and the old one is still resolved', async () => {
    const before = await (await pseudonyms()).of(ALICE);
    await applied().admin.write(`pseudonyms/keys/${name}/rotate`);
    await expect((await pseudonyms()).of(ALICE)).resolves.toMatch(/^vault:v2:/);
    await expect(resolve(await clientWith('resolves'), before, 'ticket 4711', config.vault)).resolves.toEqual(
      ALICE,
    );
  });
});

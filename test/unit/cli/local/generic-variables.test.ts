import {
  forgetGenericVariables,
  unusedServers,
  withoutGenericVariables,
} from '../../../../cli/src/local/generic-variables';

describe('variables that other programs use', () => {
  it.each([
    ...[
      'DATABASE_URL',
      'REDIS_URL',
      'VAULT_ADDR',
      'VAULT_TOKEN',
      'VAULT_NAMESPACE',
      'VAULT_CACERT',
      'BAO_ADDR',
    ],
    ...['PGPASSWORD', 'PGHOST', 'OIDC_ISSUER_URL', 'OAUTH_CLIENT_ID', 'JWKS_URI', 'UPSTASH_REDIS_URL'],
    ...[
      'TF_CLI_ARGS',
      'TF_CLI_ARGS_apply',
      'TF_WORKSPACE',
      'TF_DATA_DIR',
      'TF_VAR_state_passphrase',
      'TF_LOG',
    ],
    ...['CDKTF_OUTDIR', 'AWS_PROFILE'],
  ])('%s reaches no child', (name) => {
    expect(withoutGenericVariables({ [name]: 'x', PATH: '/bin' })).toEqual({ PATH: '/bin' });
  });

  it.each(['PATH', 'HOME', 'HTTPS_PROXY', 'VAULT_BIN', 'TERRAFORM_BINARY_NAME', 'TF_CLI_CONFIG_FILE'])(
    '%s says where programs come from, and stays',
    (name) => {
      expect(withoutGenericVariables({ [name]: 'x' })).toEqual({ [name]: 'x' });
    },
  );

  it('are removed from the process itself', () => {
    const env: NodeJS.ProcessEnv = { PGPASSWORD: 'x', PATH: '/bin', PORTCULLIS_DATABASE_URL: 'y' };
    forgetGenericVariables(env);
    expect(env).toEqual({ PATH: '/bin', PORTCULLIS_DATABASE_URL: 'y' });
  });

  it('that name a server are told once, by name, with the way to use it', () => {
    expect(unusedServers({ PATH: '/bin', PGHOST: 'x' })).toBeUndefined();
    const line = unusedServers({ DATABASE_URL: 'postgres://a:canary@b', VAULT_TOKEN: 'canary' }) ?? '';
    expect(line).toContain('not used: DATABASE_URL, VAULT_TOKEN');
    expect(line).toContain('--database-url or PORTCULLIS_DATABASE_URL');
    expect(line).not.toMatch(/canary|\n/);
  });
});

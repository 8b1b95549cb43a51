import { DeployIdentity, type DeployIdentityProps } from '@portcullis/constructs/github';
import { refusal, refusedProps, stackIn, synthesize } from '../../../../support/synth/synthesize';

const valid: DeployIdentityProps = {
  repository: 'fintech-example/fintech-api',
  repositoryId: '714285714',
  audience: 'https://vault.example.com',
  roles: [{ name: 'deploy', bound: { environment: 'prod' }, rules: [] }],
};

it('trusts GitHub, or the issuer of a GitHub Enterprise Server', () => {
  const issuerOf = (props: DeployIdentityProps): unknown => {
    const { resource } = synthesize((stack) => new DeployIdentity(stack, 'jobs', props));
    return Object.values(resource.vault_jwt_auth_backend ?? {})[0]?.bound_issuer;
  };
  const issuer = 'https://github.example.com/_services/token';
  expect(issuerOf(valid)).toBe('https://token.actions.githubusercontent.com');
  expect(issuerOf({ ...valid, issuer })).toBe(issuer);
});

it('refuses a role twice', () => {
  const [role] = valid.roles;
  const twice = () => new DeployIdentity(stackIn(), 'jobs', { ...valid, roles: [role!, role!] });
  expect(twice).toThrow(refusedProps('roles[1]'));
});

it('refuses everything that is wrong at once', () => {
  const spoiled = {
    repository: 'fintech-api',
    repositoryId: 'fintech-api',
    audience: '',
    issuer: 'http://github.example.com',
    roles: [
      { name: 'any', bound: {}, rules: [] },
      { name: 'wide', bound: { ref: 'refs/heads/*', environment: ['prod', 'dev,prod'] }, rules: [] },
    ],
  };
  const paths = [
    'issuer',
    'repository',
    'repositoryId',
    'audience',
    String.raw`roles\[0\]\.bound`,
    String.raw`roles\[1\]\.bound\.ref`,
    String.raw`roles\[1\]\.bound\.environment`,
  ];
  const message = expect.stringMatching(new RegExp(paths.join('[^]*'))) as string;
  expect(() => new DeployIdentity(stackIn(), 'jobs', spoiled)).toThrow(refusal('ERR_PROPS', { message }));
});

import { shownAddress } from '@portcullis/runtime/policy';
import { entryName } from '../../../../cli/src/engines/install/cache';
import { cacheFolder } from '../../../../cli/src/engines/install/cache-folder';
import { providerSource, workOn } from '../../../../cli/src/engines/programs/engine-work';
import { plannedChanges } from '../../../../cli/src/local/deploy';
import { cliConfiguration, registryHost } from '../../../../cli/src/engines/programs/providers';
import { PortcullisError, messageOf } from '../../../../cli/src/errors';
import { checkedSource, type GoModule } from '../../../../cli/src/engines/install/go-module';
import { sha256Hex } from '../../../../cli/src/engines/random';
import { serverConfiguration } from '../../../../cli/src/local/servers/openbao';
import { aclFile, redisConfiguration } from '../../../../cli/src/local/servers/redis';
import { isAtLeast } from '../../../../cli/src/engines/install/version';

describe('the cache folder', () => {
  it('is the one the user names, else below XDG_CACHE_HOME, else below the home folder', () => {
    expect(cacheFolder({ PORTCULLIS_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).toBe('/b/portcullis');
    expect(cacheFolder({ PORTCULLIS_CACHE: '', XDG_CACHE_HOME: '' })).toMatch(/\/\.cache\/portcullis$/);
  });

  it('keeps another source of the same version as another entry', () => {
    const key = { name: 'opentofu', version: 'v1.12.6', checksum: 'one' };
    expect(entryName(key)).toMatch(/^opentofu-v1\.12\.6-/);
    expect(entryName({ ...key, checksum: 'two' })).not.toBe(entryName(key));
  });
});

describe('an address that is shown', () => {
  it.each([
    [
      'postgres://user:password@db.example.com:5432/fintech?sslmode=require',
      'postgres://db.example.com:5432/fintech',
    ],
    ['http://127.0.0.1:8200/', 'http://127.0.0.1:8200'],
    ['user:password', '(not a URL)'],
    ['not an address with password', '(not a URL)'],
  ])('%s becomes %s', (address, shown) => {
    expect(shownAddress(address)).toBe(shown);
  });
});

describe('an error', () => {
  it('says what was found and what to do', () => {
    const error = new PortcullisError('ERR_PORT_IN_USE', 'port 80 is in use', 'choose another');
    expect(error.message).toBe('port 80 is in use; choose another');
  });

  it('of several causes names each: the two addresses of localhost that refuse', () => {
    expect(messageOf(new AggregateError([new Error('v6 refused'), new Error('v4 refused')]))).toBe(
      'v6 refused, v4 refused',
    );
  });
});

describe('a version', () => {
  it.each([
    ['1.11.4', '1.11', true],
    ['1.9.8', '1.11', false],
    ['2.0', '1.11', true],
    ['1.12.6-dev', '1.12.6', true],
    ['go1.26.8', '1.26', true],
    ['go1.25.11', '1.26', false],
    ['of unknown version', '1.11', false],
  ])('%s is at least %s: %s', (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});

describe('a Go module', () => {
  const module: GoModule = { path: 'example.com/m', version: 'v1.0.0', sum: 'h1:pinned', package: '.' };

  it('is built only from the source that is pinned', () => {
    expect(checkedSource('{"Dir":"/source","Sum":"h1:pinned"}', module)).toBe('/source');
    for (const answer of ['{"Dir":"/source","Sum":"h1:other"}', '{"Dir":"/source"}', '{"Sum":"h1:pinned"}']) {
      expect(() => checkedSource(answer, module)).toThrow(
        expect.objectContaining({
          code: 'ERR_CHECKSUM',
          problem: expect.stringContaining('expected h1:pinned') as string,
        }) as Error,
      );
    }
  });

  it('whose download gave no answer says so', () => {
    expect(() => checkedSource('', module)).toThrow(/no JSON/);
  });
});

describe('the provider mirror', () => {
  it('serves this provider, and the registry every other', () => {
    expect(
      cliConfiguration([{ path: '/cache/mirror', provider: 'registry.example.com/hashicorp/vault' }]),
    ).toBe(
      `provider_installation {
  filesystem_mirror {
    path    = "/cache/mirror"
    include = ["registry.example.com/hashicorp/vault"]
  }
  direct {
    exclude = ["registry.example.com/hashicorp/vault"]
  }
}
`,
    );
  });

  it.each([undefined, '/run/cli.tfrc'])(
    'and the registry alike have no say of the user’s own: %s',
    (file) => {
      const theirs = { TF_CLI_CONFIG_FILE: '/theirs', TF_PLUGIN_CACHE_DIR: '/theirs' };
      expect(Object.values({ ...theirs, ...providerSource(file) })).not.toContain('/theirs');
    },
  );

  it('is for the registry that the engine names', () => {
    const output =
      'Providers required by configuration:\n.\n└── provider[registry.example.com/hashicorp/vault]\n';
    expect(registryHost(output)).toBe('registry.example.com');
    expect(registryHost('Error: no configuration')).toBeUndefined();
  });
});

describe('the note of a deploy', () => {
  it.each([
    [
      'vault-local  \u001b[0m\u001b[1mvault_policy.login: Creating...\u001b[0m',
      'Creating vault_policy.login',
    ],
    ['vault_mount.kv: Still creating... [10s elapsed]', undefined],
  ])('of the line %j is %s', (line, note) => {
    expect(workOn(line)).toBe(note);
  });
});

describe('the configuration of Redis', () => {
  it('holds hashes of passwords and turns the default user off', () => {
    const file = aclFile('admin password', { user: 'vault_admin', password: 'bootstrap password' });
    expect(file).toContain(`user admin on #${sha256Hex('admin password')} `);
    expect(file).toContain(`user vault_admin on #${sha256Hex('bootstrap password')} `);
    expect(file).not.toMatch(/admin password|bootstrap password/);
    expect(file).toMatch(/^user default off /);
  });

  it('listens on loopback only and never evicts', () => {
    const lines = redisConfiguration(6_379, '/run/redis').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'bind 127.0.0.1',
        'port 6379',
        'maxmemory-policy noeviction',
        'aclfile "/run/redis/users.acl"',
      ]),
    );
  });
});

describe('the configuration of OpenBao', () => {
  it('listens on loopback only and keeps its data on disk', () => {
    const text = serverConfiguration({
      port: 8_200,
      clusterPort: 8_201,
      dataFolder: '/run/data',
      own: '# own',
    });
    expect(text).toContain('address = "127.0.0.1:8200"');
    expect(text).toMatch(/storage "raft" \{\n {2}path = "\/run\/data"/);
    expect(text.endsWith('# own')).toBe(true);
  });
});

describe('the changes of a plan', () => {
  it('are read from the machine-readable output, one line each', () => {
    const output = [
      '{"@level":"info","type":"version"}',
      '{"type":"planned_change","change":{"action":"create","resource":{"addr":"vault_policy.x"}}}',
      '{"type":"resource_drift","change":{"action":"update","resource":{"addr":"vault_policy.y"}}}',
      '{"type":"change_summary","changes":{"add":1}}',
    ].join('\n');
    expect(plannedChanges(output)).toEqual(['create vault_policy.x']);
    expect(plannedChanges('{"type":"change_summary"}')).toEqual([]);
  });
});

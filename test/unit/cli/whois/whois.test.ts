import { VaultClient } from '../../../../cli/src/engines/vault-client';
import { resolve } from '../../../../cli/src/whois/command';
import config from '../../../../portcullis.config';

const nowhere = new VaultClient('http://127.0.0.1:9', 'token');

it.each(['alice', 'vault:v1:', 'vault:v1:x y', '../sys/raw'])(
  'takes %j for no pseudonym, and asks nobody',
  async (pseudonym) => {
    await expect(resolve(nowhere, pseudonym, 'ticket 4711', config.vault)).rejects.toMatchObject({
      code: 'ERR_SETTING',
    });
  },
);

it.each(['', '--', '\u200b\u3164', 'x'.repeat(501)])(
  'takes %j for no reason, and asks nobody',
  async (why) => {
    await expect(resolve(nowhere, 'vault:v1:AAAA', why, config.vault)).rejects.toMatchObject({
      code: 'ERR_SETTING',
    });
  },
);

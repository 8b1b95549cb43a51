import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPENTOFU } from '../../../cli/src/engines/programs/opentofu';
import { PROVIDERS } from '../../../cli/src/engines/programs/providers';
import { licencesOf } from '../../support/documents/licences';
import { CHECKOUT, sorted } from '../../support/documents/sources';
import { tablesIn } from '../../support/documents/tables';

const read = (file: string): string => readFileSync(join(CHECKOUT, file), 'utf8');
const support = read('SUPPORT.md');

describe('SUPPORT.md', () => {
  it.each(['runtime', 'constructs', 'cli'])(
    'names the licences of all that is installed with %s',
    (folder) => {
      const [, listed = ''] = tablesIn(support).find(([name]) => name === `\`@portcullis/${folder}\``) ?? [];
      const licences = sorted(licencesOf(folder).keys());
      expect(licences).toContain('MIT');
      expect(sorted(listed.split(', '))).toEqual(licences);
    },
  );

  it.each(['package.json', 'runtime/package.json', 'constructs/package.json', 'cli/package.json'])(
    'names the versions of Node that %s asks for',
    (file) => {
      const { engines } = JSON.parse(read(file)) as { engines: { node: string } };
      expect(support).toContain(`\`${engines.node}\``);
    },
  );

  it('names the OpenTofu that is installed', () => {
    expect(support).toContain(`tested ${OPENTOFU.version.slice(1)}`);
  });

  it.each(PROVIDERS)('names the version of $source that is installed', ({ source, version }) => {
    const row = tablesIn(support).find(([name]) => name === `provider ${source.split('/')[1]}`);
    expect(row?.[1]).toBe(version);
  });
});

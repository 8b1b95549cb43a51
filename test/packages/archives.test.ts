/** The packages' archives: what is in them, and what linters of packages say. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useMarket } from './market';
import { ARCHIVES } from './registry';

const CHECKOUT = join(__dirname, '../..');
const market = useMarket();

describe.each(ARCHIVES)('the package of %s', (name) => {
  let folder: string;
  beforeAll(async () => {
    const consumer = await market().open();
    folder = join(consumer.folder, 'unpacked');
    await mkdir(folder);
    const args = ['-xzf', market().registry.archives[name]!, '-C', folder, '--strip-components=1'];
    expect(await consumer.execute('tar', args)).toMatchObject({ code: 0 });
  });

  it('has its README, its licence, types, and no path of a machine', async () => {
    const files = await readdir(folder, { recursive: true });
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']),
    );
    expect(
      files.filter((file) => /(^|\/)(test|stacks|example|node_modules)\/|\.tsbuildinfo$/.test(file)),
    ).toEqual([]);
    const texts = files.filter((file) => /\.(js|ts|map|json|md)$/.test(file));
    for (const file of texts) {
      const text = await readFile(join(folder, file), 'utf8');
      expect([file, text.includes(CHECKOUT), /\/(home|root|Users)\//.test(text)]).toEqual([
        file,
        false,
        false,
      ]);
    }
  });

  it('has source maps whose sources are there', async () => {
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js.map'));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const map = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
        sources: string[];
        sourcesContent?: string[];
      };
      const [source = ''] = map.sources;
      const text = map.sourcesContent?.[0] ?? (await readFile(join(folder, file, '..', source), 'utf8'));
      expect(text.length).toBeGreaterThan(0);
    }
  });

  it('has sources beside what was compiled only where they are used: the constructs bundle the authorizer of them', async () => {
    const sources = (await readdir(folder, { recursive: true })).filter((file) => file.startsWith('src/'));
    expect(sources.includes('src/authorizer/lambda.ts')).toBe(name === 'runtime');
    expect(sources.length > 0).toBe(name === 'runtime');
  });

  it('is clean to publint and to are-the-types-wrong', async () => {
    const { registry, tools } = market();
    const consumer = await market().open();
    const publint = [join(tools, 'node_modules/publint/src/cli.js'), registry.archives[name]!, '--strict'];
    expect(await consumer.node(...publint)).toMatchObject({ code: 0 });
    const attw = [join(tools, 'node_modules/@arethetypeswrong/cli/dist/index.js'), registry.archives[name]!];
    expect(await consumer.node(...attw, '--no-color', '--format', 'ascii')).toMatchObject({ code: 0 });
  });
});

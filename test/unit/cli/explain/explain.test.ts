import { CODES, explain, nearest } from '../../../../cli/src/explain/catalogue';
import { createProgram, run } from '../../../../cli/src/program';

async function portcullis(...args: readonly string[]) {
  let output = '';
  let errors = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((output += String(text)), true));
  jest.spyOn(console, 'log').mockImplementation((text) => void (output += `${String(text)}\n`));
  jest.spyOn(console, 'error').mockImplementation((text) => void (errors += `${String(text)}\n`));
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await run(await createProgram(args), args);
    return { code: process.exitCode, output, errors };
  } finally {
    process.exitCode = before;
    jest.restoreAllMocks();
  }
}

describe('portcullis explain', () => {
  it.each(['ERR_VAULT_SEALED', 'vault-sealed', 'err_vault_sealed'])(
    '%s: the code, its cause, its remedy',
    async (code) => {
      const { cause, remedy } = explain('ERR_VAULT_SEALED')!;
      expect(await portcullis('explain', code)).toEqual({
        code: 0,
        output: `ERR_VAULT_SEALED\n\n${cause}\n\n${remedy}\n`,
        errors: '',
      });
    },
  );

  it('gives the same as JSON', async () => {
    const { output } = await portcullis('explain', 'ERR_VAULT_SEALED', '--json');
    expect(JSON.parse(output)).toEqual(explain('ERR_VAULT_SEALED'));
  });

  it('without a code: all of them, as a page or as JSON', async () => {
    const page = await portcullis('explain');
    expect(page.output).toContain('### ERR_POLICY_INVALID');
    const { output } = await portcullis('explain', '--json');
    expect((JSON.parse(output) as { code: string }[]).map(({ code }) => code)).toEqual(CODES);
  });

  it('names the nearest of an unknown one, and exits as for every bad argument', async () => {
    const { code, output, errors } = await portcullis('explain', 'ERR_VALT_SEELED');
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toMatch(/Did you mean ERR_VAULT_SEALED, .*; see `npx portcullis explain --help`\n$/);
  });

  it('says how to list them where nothing is near', async () => {
    const { errors } = await portcullis('explain', 'xyzzy');
    expect(errors).toContain('Called without a code, it lists all of them');
  });
});

describe('the nearest codes', () => {
  it.each([
    ['ERR_TOKEN_EXPIRD', 'ERR_TOKEN_EXPIRED'],
    ['KEYS', 'ERR_KEYS_UNAVAILABLE'],
    ['ERR_SEALED_VAULT', 'ERR_VAULT_SEALED'],
    ['ERR_POLICY', 'ERR_POLICY_INVALID'],
    ['err port in use', 'ERR_PORT_IN_USE'],
  ])('%s: first %s', (typed, meant) => {
    expect(nearest(typed)[0]).toBe(meant);
  });

  it('finish with a code of any length', () => {
    expect(nearest('X'.repeat(1_000_000))).toEqual([]);
  });
});

import { Command } from 'commander';
import { PortcullisError } from '../../../../cli/src/errors';
import { VaultError } from '../../../../cli/src/engines/vault-client';
import { ConstructError } from '../../../../constructs/src/core/props/errors';
import { failsWith, reportFailure } from '../../../../cli/src/terminal/report-failure';
import { readFileSync } from 'node:fs';
import { EnvironmentError } from '../../../../stacks/environments/define-environment';

const command = new Command('portcullis').command('plan');

function told(error: unknown, of = command): { code: string | number | undefined; errors: unknown[] } {
  const errors: unknown[] = [];
  jest.spyOn(console, 'error').mockImplementation((...parts: unknown[]) => void errors.push(...parts));
  const before = process.exitCode;
  try {
    reportFailure(of, error);
    return { code: process.exitCode, errors };
  } finally {
    process.exitCode = before;
    jest.restoreAllMocks();
  }
}

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('a failure is told', () => {
  it('with the command, the problem and the remedy', () => {
    expect(told(new PortcullisError('ERR_SETTING', 'no stack mars', 'give vault-local'))).toEqual({
      code: 1,
      errors: ['portcullis plan: no stack mars (ERR_SETTING)\n  → give vault-local'],
    });
  });

  it('alike where Vault refused', () => {
    expect(told(new VaultError(403, 'secret/data/a', ['permission denied'])).errors).toEqual([
      'portcullis plan: Vault answered 403 on secret/data/a: permission denied (ERR_VAULT_REFUSED)\n  → use a token whose policy allows it',
    ]);
  });

  it('with every problem of an environment, and without a stack', () => {
    const error = new EnvironmentError([
      { path: 'dev.aws.region', message: 'expected a region' },
      { path: 'dev.redis', message: 'expected either' },
    ]);
    expect(told(error).errors).toEqual([
      'portcullis plan: stacks/environments has 2 problems\n  dev.aws.region: expected a region\n  dev.redis: expected either\n(ERR_ENVIRONMENT_INVALID)',
    ]);
  });

  it('in words where a construct refuses what the config says', () => {
    const error = new ConstructError('ERR_PROPS', 'repository', 'props has 1 problem\n  tools: expected npm');
    expect(told(error).errors).toEqual([
      'portcullis plan: repository: props has 1 problem\n  tools: expected npm\n(ERR_PROPS)',
    ]);
  });

  it('with the file that is not there', () => {
    const { errors } = told(thrownBy(() => readFileSync('/nowhere/report.json')));
    expect(errors).toEqual([expect.stringMatching(/^portcullis plan: ENOENT.*\/nowhere\/report\.json/)]);
  });

  it('with its stack where nobody expected it', () => {
    const error = new TypeError('x is not a function');
    expect(told(error)).toEqual({ code: 1, errors: ['portcullis plan:', error] });
  });

  it('by the exit code of the command, where 1 is a result', () => {
    const gate = failsWith(new Command('zap-gate'), { usage: 3, failed: 3 });
    expect(told(new Error('anything'), gate).code).toBe(3);
  });
});

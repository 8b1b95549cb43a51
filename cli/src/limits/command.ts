import type { OverrideText, WindowUsage } from '@portcullis/runtime';
import { readLimit } from '@portcullis/runtime/policy';
import { InvalidArgumentError, type Command } from 'commander';
import { loadConfig } from '../config/load-config';
import { readsConfig, type ConfigOption } from '../config/option';
import { issuerOf, takesIssuer, type IssuerOption } from '../options/issuer';
import { fallsBackToSandbox } from '../sandbox/falls-back';
import { plain } from '../terminal/text';
import { confirmed } from '../terminal/question';
import { readOverrides } from './overrides';
import { probe, type NeededLimit } from './probe';
import { set, unset } from './set';
import { top } from './top';
import { withLimits } from './with-limits';

interface LimitsOptions extends ConfigOption, IssuerOption {
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** `portcullis limits`: exit code 0 done, 1 not possible or too narrow, 2 not confirmed or called wrongly. */
export function register(program: Command): void {
  const limits = program
    .command('limits')
    .description(
      'what an organisation has spent of its limits. Redis by REDIS_URL, or by VAULT_ADDR, VAULT_TOKEN and REDIS_HOST',
    );

  support(takesIssuer(readsConfig(limits.command('show'))))
    .description(
      'prints what was spent, and what that leaves of its own limits (VAULT_ADDR, VAULT_TOKEN) and of each tier',
    )
    .argument('<organisation>', 'its org_id')
    .option('--json', 'one JSON object on standard output')
    .action(show);
  support(readsConfig(limits.command('set')))
    .description(
      'gives an organisation limits of its own, and waits until every running instance has them (VAULT_ADDR, VAULT_TOKEN)',
    )
    .argument('<organisation>', 'its org_id')
    .argument('<limits>', 'a tier, or limits such as 5000/1m')
    .requiredOption(
      '--until <time>',
      'when it has its tier’s limits again: 2026-12-01T00:00:00Z, from now on as in 2h or 7d, or never',
    )
    .requiredOption('--reason <text>', 'why, for whoever looks at it later; kept beside the limits')
    .option('--no-wait', 'do not wait until it is in force')
    .option('--json', 'one JSON object on standard output')
    .action(set);
  support(readsConfig(limits.command('unset')))
    .description('takes an organisation’s own limits away, and waits until every running instance knows')
    .argument('<organisation>', 'its org_id')
    .option('--no-wait', 'do not wait until it is in force')
    .option('--json', 'one JSON object on standard output')
    .action(unset);
  support(readsConfig(limits.command('top')))
    .description('prints which organisations were denied most in the last hour')
    .option('--most <number>', 'how many of them', parseCount, 10)
    .option('--json', 'one JSON object on standard output')
    .action(top);
  support(takesIssuer(readsConfig(limits.command('reset'))))
    .description('forgets what was spent: the whole limit is free again')
    .argument('<organisation>', 'its org_id')
    .option('--json', 'one JSON object on standard output')
    .option('--yes', 'do not ask')
    .action(reset);
  limits
    .command('probe')
    .description('asks an API what limits it holds a token to, and fails when they are narrower than needed')
    .argument('<url>', 'a route of it that takes GET, and costs something')
    .requiredOption('--token-file <path>', 'holds the access token')
    .requiredOption(
      '--at-least <limit>',
      'what every window has to admit in the long run, as in 100000/1m',
      parseLimit,
    )
    .option('--json', 'one JSON object on standard output')
    .action(probe);
}

const support = (command: Command): Command => fallsBackToSandbox(command, 'support');

async function show(organisation: string, { json, ...options }: LimitsOptions): Promise<void> {
  const { config } = await loadConfig(options.config);
  const issuer = issuerOf(config, options);
  const known = await readOverrides(config, process.env);
  const overrides = 'overrides' in known ? known.overrides : undefined;
  const windows = await withLimits(config, (limits) => limits.usage(issuer, organisation, overrides));
  if ('unknown' in known)
    console.error(`portcullis: whether it has limits of its own is not known: ${known.unknown}`);
  const mistyped = 'unusable' in known && known.unusable.find(({ path }) => path === organisation);
  if (mistyped)
    console.error(
      `portcullis: its field in the entry of limits is left out by services: ${mistyped.message}`,
    );
  const own = 'said' in known ? known.said(organisation) : undefined;
  if (own?.untilMs !== undefined || own?.reason !== undefined) console.error(`portcullis: ${ownLimits(own)}`);
  const counted = windows.some(({ used }) => used > 0);
  if (!counted)
    console.error(
      `portcullis: no call of ${JSON.stringify(organisation)} of ${issuer} counts in any window: it is idle, or has another org_id or issuer`,
    );
  if (json)
    console.log(
      JSON.stringify(
        {
          organisation,
          issuer,
          counted,
          overridesKnown: overrides !== undefined,
          ...(own && { own }),
          windows,
        },
        null,
        2,
      ),
    );
  else process.stdout.write(table(windows));
}

async function reset(organisation: string, { json, yes, ...options }: LimitsOptions): Promise<void> {
  const { config } = await loadConfig(options.config);
  const issuer = issuerOf(config, options);
  if (!yes && !(await confirmed(`Forget what ${JSON.stringify(organisation)} of ${issuer} has spent?`))) {
    console.error('portcullis: nothing was reset');
    process.exitCode = 2;
    return;
  }
  const found = await withLimits(config, (limits) => limits.reset(issuer, organisation));
  if (json) console.log(JSON.stringify({ organisation, issuer, reset: found }));
  else console.log(found ? 'Reset: the whole limit is free again.' : 'Nothing was spent: nothing to reset.');
}

function ownLimits({ limits, untilMs, reason }: OverrideText): string {
  const ended = untilMs !== undefined && untilMs <= Date.now();
  const end =
    untilMs === undefined
      ? ''
      : `${ended ? ', which ended on' : ' until'} ${new Date(untilMs).toISOString()}`;
  const why = reason === undefined ? '' : `, because: ${plain(reason)}`;
  return `it has limits of its own, ${limits}${end}${why}`;
}

function parseLimit(text: string): NeededLimit {
  const limit = readLimit(text);
  if (limit === undefined) throw new InvalidArgumentError('give a limit such as 100000/1m.');
  return { ...limit, text };
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('give a number from 1 to 999.');
  return Number(text);
}

function table(windows: readonly WindowUsage[]): string {
  const rows = [
    ['tier', 'window', 'limit', 'used', 'remaining', 'all free in'],
    ...windows.map(({ tier, override, shadow, windowSeconds, limit, used, remaining, resetSeconds }) => [
      `${tier}${override ? ' (its own)' : ''}${shadow ? ' (in shadow)' : ''}`,
      `${windowSeconds} s`,
      ...[limit, used, remaining].map((number) => number.toLocaleString('en')),
      `${resetSeconds} s`,
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return `${rows.map(line).join('\n')}\n`;
}

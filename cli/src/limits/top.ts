import { loadConfig } from '../config/load-config';
import type { ConfigOption } from '../config/option';
import { plain } from '../terminal/text';
import { withLimits } from './with-limits';

interface TopOptions extends ConfigOption {
  readonly most: number;
  readonly json?: boolean;
}

/** `portcullis limits top`: who was denied most. Each instance reports every few seconds. */
export async function top({ most, json, config: file }: TopOptions): Promise<void> {
  const { config } = await loadConfig(file);
  const { denied, others } = await withLimits(config, (limits) => limits.reported());
  const shown = denied.slice(0, most);
  const left = denied.slice(most).reduce((sum, { denials }) => sum + denials, others);
  if (json) console.log(JSON.stringify({ denied: shown, others: left }, null, 2));
  else if (shown.length === 0) console.log('Nobody was denied in the last hour.');
  else console.log(table(shown, left));
}

function table(
  denied: readonly { readonly organisation: string; readonly issuer: string; readonly denials: number }[],
  others: number,
): string {
  const rows = denied.map(({ organisation, issuer, denials }) => [
    denials.toLocaleString('en'),
    plain(organisation),
    plain(issuer),
  ]);
  const all = [['denials', 'organisation', 'issuer'], ...rows];
  if (others > 0) all.push([others.toLocaleString('en'), '(others)', '']);
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(([denials = '', name = '', issuer = '']) =>
      `${denials.padStart(widths[0] ?? 0)}  ${name.padEnd(widths[1] ?? 0)}  ${issuer}`.trimEnd(),
    )
    .join('\n');
}

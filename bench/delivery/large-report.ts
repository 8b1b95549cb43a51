import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** Writes a report as ZAP writes them, of at least that many bytes: many alerts of low risk, each with its evidence. */
export async function writeLargeReport(file: string, bytes: number): Promise<void> {
  const out = createWriteStream(file);
  let written = 0;
  const write = async (text: string): Promise<void> => {
    written += text.length;
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(
    `{"@programName":"ZAP","@version":"2.17.0","created":"2026-11-23T03:00:00.1Z","site":[{"@name":"${SITE}","alerts":[`,
  );
  for (let alert = 0; written < bytes; alert += 1) {
    await write(`${alert === 0 ? '' : ','}${alertOf(alert)}`);
  }
  await write(']}]}');
  out.end();
  await once(out, 'finish');
}

const SITE = 'https://staging.example.com';
const INSTANCES = 50;

function alertOf(index: number): string {
  const rule = String(10_000 + (index % 300));
  const instances = Array.from({ length: INSTANCES }, (_, at) => ({
    id: String(at),
    uri: `${SITE}/api/items/${(index * INSTANCES + at) % 20_000}?token=x`,
    method: 'GET',
    param: 'q',
    attack: '',
    evidence: 'x'.repeat(300),
    otherinfo: '',
  }));
  return JSON.stringify({
    pluginid: rule,
    alertRef: rule,
    name: `Rule ${rule}`,
    riskcode: '1',
    riskdesc: 'Low (Medium)',
    confidence: '2',
    desc: '<p>…</p>',
    instances,
    count: String(INSTANCES),
    cweid: '79',
  });
}

import { lastGood, servedImagesIn, type ServedImage } from '../../../../cli/src/rollback/last-good';

const image = (letter: string): ServedImage => ({
  digest: `sha256:${letter.repeat(64)}`,
  commit: letter.repeat(40),
});
const [a, b, c] = [image('a'), image('b'), image('c')];
const history = (...values: string[]): string =>
  JSON.stringify({
    Parameters: values.map((Value, index) => ({ Name: '/good', Version: index + 1, Value })),
  });
/** Nothing is asked about images that were scanned before they were served. */
const scanned = (): Promise<boolean> => Promise.reject(new Error('asked'));

describe('the last good image', () => {
  it.each<[string, ServedImage[], ServedImage, ServedImage]>([
    ['is the one before the deployed one', [a, b, c], c, b],
    ['is the newest where the deployed one was never served', [a, b], c, b],
    ['is never what somebody rolled back from', [a, b, c, b], b, a],
    ['is not the deployed one, deployed twice', [a, b, b], b, a],
  ])('%s', async (_, served, deployed, expected) => {
    await expect(lastGood(served, deployed.digest, scanned)).resolves.toEqual(expected);
  });

  it.each([
    ['nothing was served before it', [a, b], a.digest, 'nothing was served before'],
    ['nothing was ever served', [], a.digest, 'nothing was served before'],
    ['what is deployed is no digest', [a], 'fintech-api:latest', 'received "fintech-api:latest"'],
  ])('is not there where %s', async (_, served, deployed, words) => {
    await expect(lastGood(served, deployed, scanned)).rejects.toThrow(words);
  });

  it('is one whose scan has passed, where it was served before that', async () => {
    const passed = (run: string) => Promise.resolve(run === '7');
    const [early, late] = [
      { ...a, run: '7' },
      { ...b, run: '8' },
    ];
    await expect(lastGood([early, late], c.digest, passed)).resolves.toEqual(early);
    await expect(lastGood([late], c.digest, passed)).rejects.toThrow(
      `nothing that has passed its scan was served before ${c.digest}: not ${b.digest} (run 8)`,
    );
    await expect(lastGood([late], c.digest, scanned)).rejects.toThrow('asked');
  });
});

describe('the record', () => {
  it('is read by its versions', () => {
    const values = [`${a.digest} ${a.commit}`, `${b.digest} ${b.commit} 4711`];
    const { Parameters } = JSON.parse(history(...values)) as { Parameters: object[] };
    const text = JSON.stringify({ Parameters: Parameters.reverse() });
    expect(servedImagesIn(text)).toEqual([a, { ...b, run: '4711' }]);
  });

  it.each([
    ['no JSON', 'x'],
    ['no history', '{}'],
    ['a tag', history('fintech-api:latest main')],
    ['a digest without its commit', history(a.digest)],
    ['more lines', history(`${a.digest} ${a.commit}\nx=y`)],
    ['a run that is none', history(`${a.digest} ${a.commit} ../8`)],
    ['one page of several', JSON.stringify({ Parameters: [], NextToken: 'more' })],
  ])('is refused where it holds %s', (_, text) => {
    expect(() => servedImagesIn(text)).toThrow('the record of served images holds something else');
  });
});

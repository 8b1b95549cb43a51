/** The record of good images, as SSM keeps it: in moto, which stands in for it. */
import { GetParameterHistoryCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { EngineCache } from '../../../cli/src/engines/install/cache';
import { lastGood, servedImagesIn } from '../../../cli/src/rollback/last-good';
import { useRun } from '../../support/engines';
import { startMoto } from '../../support/moto';
import { findPythonProgram } from '../../support/programs';

const run = useRun();

it('goes back by the history of a parameter that each deploy overwrites', async () => {
  const context = { run: run(), cache: new EngineCache(), note: () => undefined };
  const program = await findPythonProgram('moto', context);
  const { url } = await startMoto(run(), { program, account: '333333333333' });
  const credentials = { accessKeyId: 'rollback', secretAccessKey: 'rollback' };
  const ssm = new SSMClient({ endpoint: url, region: 'eu-central-1', credentials });
  const [first, second] = ['a', 'b'].map((letter) => ({
    digest: `sha256:${letter.repeat(64)}`,
    commit: letter.repeat(40),
  }));
  for (const image of [first, second, first]) {
    await ssm.send(
      new PutParameterCommand({
        Name: '/portcullis/fintech-api/prod/service-good/image',
        Type: 'String',
        Value: `${image?.digest ?? ''} ${image?.commit ?? ''}`,
        Overwrite: true,
      }),
    );
  }
  const history = await ssm.send(
    new GetParameterHistoryCommand({ Name: '/portcullis/fintech-api/prod/service-good/image' }),
  );
  const good = servedImagesIn(JSON.stringify(history));
  expect(good).toEqual([first, second, first]);
  const scanned = () => Promise.reject(new Error('all were scanned before'));
  await expect(lastGood(good, second?.digest ?? '', scanned)).resolves.toEqual(first);
});

/** A state says which project it is of: the engine plans nothing for another one with it. */
import { KvMount, claimState } from '@portcullis/constructs';
import { useAppliedStack } from './applied-stack';

const applied = useAppliedStack();

const orders = (project: string) =>
  applied().synthesize((stack) => {
    claimState(stack, project);
    new KvMount(stack, 'secret', { path: `${project}-secret`, preventDestroy: false });
  });

it('an apply for another project would destroy what is there, and is refused', async () => {
  await orders('orders');
  expect(await applied().apply()).toMatchObject({ code: 0 });
  await orders('billing');
  const { code, output } = await applied().apply();
  expect(code).toBe(1);
  expect(output.replaceAll(/[\s│]+/g, ' ')).toContain('This state is of the project orders, not of billing');
  const { data } = await applied().admin.read('sys/mounts');
  expect(data).toHaveProperty('orders-secret/');
  expect(data).not.toHaveProperty('billing-secret/');
});

it('the project itself goes on', async () => {
  await orders('orders');
  expect(await applied().changes()).toEqual([]);
  expect(await applied().destroy()).toMatchObject({ code: 0 });
});

import { defineRules, isHidden } from '@portcullis/cli';

export default defineRules({
  'orders-are-kept': ({ address, action }) =>
    address.includes('orders') && (action === 'delete' || action === 'replace')
      ? { grade: 'danger', sentence: 'is kept for ten years by law' }
      : undefined,

  'in-our-region': ({ after: { region } }) => {
    if (isHidden(region)) return { grade: 'unknown', sentence: 'has no region yet' };
    return region === undefined || region === null || region === 'eu-central-1'
      ? undefined
      : { grade: 'danger', sentence: 'is made outside of eu-central-1' };
  },
});
